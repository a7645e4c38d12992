// A file that results are written to, with every error noticed: an unwritable path when it is
// opened, a full disk when it is written or closed. Nothing is lost silently: after the first error
// the file takes nothing more and keeps the message. What was at the path before stays there until
// close(): a regular file is written beside it and renamed.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace sdbtwin::reports {

class OutputFile {
 public:
  // On failure error() says why.
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view text);
  // Flushes to the operating system, closes and puts the file in its place. Called once; write()
  // has no effect afterwards. Without it nothing is left behind.
  void close();

  bool ok() const { return !error_; }
  // "cannot write out.json: No space left on device"
  const std::optional<std::string>& error() const { return error_; }
  const std::string& path() const { return path_; }

 private:
  void fail(int error_number);

  std::string path_;
  std::string written_to_;  // path_, or the name beside it
  std::FILE* file_ = nullptr;
  std::optional<std::string> error_;
};

}  // namespace sdbtwin::reports
