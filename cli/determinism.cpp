#include "cli/determinism.h"

#include <fmt/format.h>

#include "reports/text.h"
#include "reports/trace_json.h"

namespace sdbtwin::cli {

void TraceText::on_event(const sim::TraceEvent& event) {
  reports::append_json_line(text_, event);
  text_ += '\n';
}

std::string_view TraceComparison::next_expected() {
  if (at_ >= expected_.size()) return {};
  const std::size_t end = expected_.find('\n', at_);
  const std::string_view line = std::string_view(expected_).substr(at_, end - at_);
  at_ = end + 1;
  return line;
}

void TraceComparison::on_event(const sim::TraceEvent& event) {
  if (difference_) return;
  const std::string_view expected = next_expected();
  line_.clear();
  reports::append_json_line(line_, event);
  if (line_ == expected) return;
  difference_ = fmt::format("event {} at {}:\n    first run:  {}\n    second run: {}\n",
                            event.sequence, reports::clock_text(event.time),
                            expected.empty() ? "had ended" : expected, line_);
}

std::optional<std::string> TraceComparison::difference() const {
  if (difference_ || at_ >= expected_.size()) return difference_;
  const std::string_view rest = std::string_view(expected_).substr(at_);
  return fmt::format("the second run ended early:\n    first run:  {}\n    second run: had ended\n",
                     rest.substr(0, rest.find('\n')));
}

}  // namespace sdbtwin::cli
