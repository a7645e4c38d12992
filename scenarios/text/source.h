// Where a value was written, and what is wrong with it.
//
// A SourceFile is the text of one file, kept so that a problem can show its line. A Problem is one
// thing a user has to change: file, line and column (1-based; line 0 = the file as a whole), what
// is wrong, and what would be right. Problems are collected, not thrown: a user sees all of them at
// once. Text that came from the file is shown with control characters escaped, so that a binary
// file cannot reprogram a terminal.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sdbtwin::scenarios {

struct SourceFile {
  std::string path;  // as the user named it
  std::string text;
};
using SourcePtr = std::shared_ptr<const SourceFile>;

struct Position {
  int line = 0;  // 0: no line, the problem is with the file as a whole
  int column = 0;
  bool operator==(const Position&) const = default;
};

// A place that outlives the tree it was read from.
struct Location {
  SourcePtr source;
  Position at;
};

struct Problem {
  std::string file;
  Position at;
  std::string message;      // what is wrong
  std::string hint;         // what would be right; may be empty
  std::string source_line;  // the line of the file, escaped; may be empty
};

// "file:line:column: error: message", the line with a caret, and the hint.
std::string to_text(const Problem& problem);

// Printable ASCII and valid UTF-8 stay, everything else becomes \xNN; cut to `length_max` bytes.
std::string printable(std::string_view text, std::size_t length_max = 160);

class Problems {
 public:
  void add(const Location& location, std::string message, std::string hint);
  void add(const SourcePtr& source, Position at, std::string message, std::string hint);
  // For what has no text: a path that cannot be opened.
  void add_file(std::string path, std::string message, std::string hint);

  bool empty() const { return problems_.empty(); }
  const std::vector<Problem>& all() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

// The whole file. A missing, unreadable, too large or binary file is a problem, and nullptr.
SourcePtr read_source(const std::string& path, Problems& problems);

}  // namespace sdbtwin::scenarios
