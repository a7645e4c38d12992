// The API server cannot be used by a process, or by anybody, for a while: nobody listens, it
// refuses what it is asked, or nothing gets through.
#pragma once

#include <compare>
#include <memory>
#include <string>
#include <string_view>

#include "faults/effect.h"
#include "faults/fields.h"
#include "faults/lasting.h"

namespace sdbtwin::faults {

enum class OutageAnswer : std::uint8_t {
  kConnectionRefused,   // nobody listens; open watches break
  kServiceUnavailable,  // 503; open watches go on
  kTooManyRequests,     // 429 with Retry-After 1, as above the server's limits (kubernetes.md 4.6)
  kNone,                // what is sent is under way until the end, and lands then; its sender may
                        // have given up. So are events of watches
};
inline constexpr Words<OutageAnswer, 4> kOutageAnswers{{
    {"connection-refused", OutageAnswer::kConnectionRefused},
    {"service-unavailable", OutageAnswer::kServiceUnavailable},
    {"too-many-requests", OutageAnswer::kTooManyRequests},
    {"none", OutageAnswer::kNone},
}};

struct ApiOutage {
  static constexpr std::string_view kName = "apiOutage";
  static constexpr std::string_view kDescription =
      "the API server refuses a process, or is not reached by it, for a while";
  HealedOutcome outcome() const { return HealedOutcome::kRequestMayFail; }

  std::string process;  // a glob; empty: everybody
  OutageAnswer answer = OutageAnswer::kConnectionRefused;
  Lasting lasting;

  auto operator<=>(const ApiOutage&) const = default;
  template <class Self, class V>
  static void fields(Self& self, V& v) {
    v.process("process", self.process, Processes::kClients);
    v.word("answer", self.answer, kOutageAnswers, "");
    Lasting::fields(self.lasting, v);
  }
};

std::string describe(const ApiOutage& fault);
std::unique_ptr<Effect> make_effect(const ApiOutage& fault, EffectHost& host);

}  // namespace sdbtwin::faults
