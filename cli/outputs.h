// Where results go: stdout and the files of --junit, --trace and --digests. Files are opened before
// anything runs; every error (unwritable, full disk, closed pipe) is said once, on stderr.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "reports/output_file.h"
#include "scenarios/verdict/result.h"
#include "sim/core/trace.h"

namespace sdbtwin::cli {

class Outputs {
 public:
  explicit Outputs(const Options& options) : options_(options) {}

  // False: one cannot be written; nothing should be run.
  bool open();
  // For --trace; null without it.
  sim::TraceObserver* trace_observer() { return trace_.get(); }
  // To stdout.
  void print(std::string_view text);
  // Writes and closes everything. False: something is missing.
  bool finish(const std::vector<scenarios::RunResult>& results);

 private:
  class TraceFile final : public sim::TraceObserver {
   public:
    explicit TraceFile(reports::OutputFile& file) : file_(file) {}
    void on_event(const sim::TraceEvent& event) override;

   private:
    reports::OutputFile& file_;
    std::string line_;
  };

  bool report(const reports::OutputFile& file);

  const Options& options_;
  std::unique_ptr<reports::OutputFile> junit_file_;
  std::unique_ptr<reports::OutputFile> trace_file_;
  std::unique_ptr<reports::OutputFile> digests_file_;
  std::unique_ptr<TraceFile> trace_;
  int stdout_error_ = 0;
};

}  // namespace sdbtwin::cli
