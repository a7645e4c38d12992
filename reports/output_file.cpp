#include "reports/output_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sdbtwin::reports {

namespace {

// Devices, pipes and links are written as they are.
bool can_be_replaced(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(path, ignored);
  return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  written_to_ = can_be_replaced(path_) ? path_ + ".partial" : path_;
  errno = 0;
  file_ = std::fopen(written_to_.c_str(), "wb");
  if (file_ == nullptr) fail(errno);
}

OutputFile::~OutputFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  if (written_to_ != path_) std::remove(written_to_.c_str());
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
  if (written_to_ == path_) return;
  if (error_) {
    std::remove(written_to_.c_str());
  } else if (std::rename(written_to_.c_str(), path_.c_str()) != 0) {
    fail(errno);
  }
}

void OutputFile::fail(int error_number) {
  if (error_) return;
  error_ = fmt::format("cannot write {}: {}", path_,
                       error_number != 0 ? std::strerror(error_number) : "unknown error");
}

}  // namespace sdbtwin::reports
