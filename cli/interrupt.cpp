#include "cli/interrupt.h"

#include <csignal>

namespace sdbtwin::cli {
namespace {

volatile std::sig_atomic_t signal_seen = 0;

void note_signal(int number) {
  signal_seen = 1;
  std::signal(number, SIG_DFL);
}

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, note_signal);
  std::signal(SIGTERM, note_signal);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() noexcept { return signal_seen != 0; }

}  // namespace sdbtwin::cli
