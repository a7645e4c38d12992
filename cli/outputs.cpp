#include "cli/outputs.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "reports/junit.h"
#include "reports/trace_json.h"

namespace sdbtwin::cli {

using reports::OutputFile;

void Outputs::TraceFile::on_event(const sim::TraceEvent& event) {
  line_.clear();
  reports::append_json_line(line_, event);
  line_ += '\n';
  file_.write(line_);
}

bool Outputs::report(const OutputFile& file) {
  if (file.ok()) return true;
  fmt::print(stderr, "sdbtwin: {}\n", *file.error());
  return false;
}

bool Outputs::open() {
  const auto open_one = [this](const std::string& path, std::unique_ptr<OutputFile>& file) {
    if (path.empty()) return true;
    file = std::make_unique<OutputFile>(path);
    return report(*file);
  };
  if (!open_one(options_.junit_file, junit_file_)) return false;
  if (!open_one(options_.trace_file, trace_file_)) return false;
  if (!open_one(options_.digests_file, digests_file_)) return false;
  if (trace_file_) trace_ = std::make_unique<TraceFile>(*trace_file_);
  return true;
}

void Outputs::print(std::string_view text) {
  errno = 0;
  if (stdout_error_ == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    stdout_error_ = errno != 0 ? errno : EIO;
  }
}

bool Outputs::finish(const std::vector<scenarios::RunResult>& results) {
  if (junit_file_) junit_file_->write(reports::render_junit(results));
  if (digests_file_) {
    for (const scenarios::RunResult& result : results) {
      digests_file_->write(fmt::format("{} {} {}\n", result.scenario, result.seed,
                                       scenarios::digest_text(result.digest)));
    }
  }
  bool ok = true;
  for (OutputFile* file : {junit_file_.get(), trace_file_.get(), digests_file_.get()}) {
    if (file == nullptr) continue;
    file->close();
    ok = report(*file) && ok;
  }
  errno = 0;
  if (std::fflush(stdout) != 0 && stdout_error_ == 0) stdout_error_ = errno != 0 ? errno : EIO;
  if (stdout_error_ != 0) {
    fmt::print(stderr, "sdbtwin: cannot write to stdout: {}\n", std::strerror(stdout_error_));
    ok = false;
  }
  return ok;
}

}  // namespace sdbtwin::cli
