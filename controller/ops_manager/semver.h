// Semantic versions and the constraints of a catalogue's updateConstraints.
//
// The grammar is what Go's Masterminds/semver takes, as far as catalogues use it: comparisons
// (= != > >= < <=, ~, ^) joined by "," or blanks (and), alternatives by "||"; a bare version means
// equality. Anything else is nullopt, never "allowed": kubedb.md section 5 makes a constraint that
// cannot be parsed an error of the whole check.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sdbtwin::ops_manager {

struct SemVer {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::string prerelease;  // "" is greater than any other (semver 2.0, rule 11)
};

// "8.7.10", "v8.7", "8.9.3-rc.1+build". Missing parts are 0.
std::optional<SemVer> parse_semver(std::string_view text);
std::strong_ordering operator<=>(const SemVer& a, const SemVer& b);
inline bool operator==(const SemVer& a, const SemVer& b) { return (a <=> b) == 0; }

class SemVerConstraint {
 public:
  static std::optional<SemVerConstraint> parse(std::string_view text);
  bool allows(const SemVer& version) const;

 private:
  enum class Operator : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual
  };
  struct Comparison {
    Operator op;
    SemVer version;
    bool allows(const SemVer& candidate) const;
  };
  using All = std::vector<Comparison>;

  static bool parse_comparison(std::string_view text, All& into);

  std::vector<All> any_;
};

}  // namespace sdbtwin::ops_manager
