#include "reports/output_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace sdbtwin::reports {

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  errno = 0;
  file_ = std::fopen(path_.c_str(), "wb");
  if (file_ == nullptr) fail(errno);
}

OutputFile::~OutputFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void OutputFile::write(std::string_view text) {
  if (file_ == nullptr || error_ || text.empty()) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail(errno);
}

void OutputFile::close() {
  if (file_ == nullptr) return;
  errno = 0;
  const bool flushed = std::fflush(file_) == 0;
  const int flush_error = errno;
  const bool closed = std::fclose(file_) == 0;
  file_ = nullptr;
  if (!flushed || !closed) fail(flushed ? errno : flush_error);
}

void OutputFile::fail(int error_number) {
  if (error_) return;
  error_ = fmt::format("cannot write {}: {}", path_,
                       error_number != 0 ? std::strerror(error_number) : "unknown error");
}

}  // namespace sdbtwin::reports
