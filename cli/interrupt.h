// Ctrl-C and SIGTERM: the runs that are under way end, no more are begun, and what there is gets
// reported. A second signal ends the program at once.
#pragma once

namespace sdbtwin::cli {

// From now on the signals are noted. SIGPIPE is ignored: a reader that went away is an output error
// like others. Called once, before threads are started.
void catch_interrupts();
bool interrupted() noexcept;

}  // namespace sdbtwin::cli
