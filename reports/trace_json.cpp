#include "reports/trace_json.h"

#include <fmt/format.h>

#include <iterator>

#include "model/api/value.h"

namespace sdbtwin::reports {
namespace {

class LineWriter final : public sim::FieldVisitor {
 public:
  explicit LineWriter(std::string& out) : out_(&out) {}

  void field(std::string_view name, std::int64_t value) override { number(name, value); }
  void field(std::string_view name, std::uint64_t value) override { number(name, value); }
  void field(std::string_view name, bool value) override {
    key(name);
    *out_ += value ? "true" : "false";
  }
  void field(std::string_view name, std::string_view value) override {
    key(name);
    api::append_json_string(*out_, value);
  }
  void field(std::string_view name, sim::Time value) override {
    number(name, value.time_since_epoch().count());
  }
  void field(std::string_view name, sim::Duration value) override { number(name, value.count()); }

 private:
  template <class T>
  void number(std::string_view name, T value) {
    key(name);
    fmt::format_to(std::back_inserter(*out_), "{}", value);
  }
  void key(std::string_view name) {
    const bool taken =
        name == "sequence" || name == "timeNs" || name == "process" || name == "event";
    *out_ += ",\"";
    *out_ += name;
    *out_ += taken ? "_\":" : "\":";
  }

  std::string* out_;
};

}  // namespace

void append_json_line(std::string& out, const sim::TraceEvent& event) {
  fmt::format_to(std::back_inserter(out),
                 "{{\"sequence\":{},\"timeNs\":{},\"process\":", event.sequence,
                 event.time.time_since_epoch().count());
  api::append_json_string(out, event.process);
  out += ",\"event\":";
  api::append_json_string(out, event.type->name);
  LineWriter writer(out);
  visit_fields(event, writer);
  out += '}';
}

}  // namespace sdbtwin::reports
