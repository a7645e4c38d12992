#include "sim/real/asio_operation.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "sim/core/race.h"
#include "sim/real/real_runtime.h"

// Method: a pair of connected sockets. The reader logs 's' when its operation starts, 'c' when it
// is asked to cancel, 'h' when the handler runs and 'm' when the frame that holds the buffer dies.

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;
using Socket = boost::asio::local::stream_protocol::socket;

class Mark {
 public:
  explicit Mark(std::string& log) : log_(&log) {}
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;
  ~Mark() { *log_ += 'm'; }

 private:
  std::string* log_;
};

class AsioOperationTest : public testing::Test {
 protected:
  AsioOperationTest() { boost::asio::local::connect_pair(near_, far_); }

  void run_until(const std::string& log) {
    while (log_ != log) {
      if (context_.stopped()) context_.restart();
      ASSERT_EQ(context_.run_one(), 1U) << log_;
    }
  }
  void send(const std::string& text) { boost::asio::write(far_, boost::asio::buffer(text)); }

  boost::asio::io_context context_;
  Socket near_{context_};
  Socket far_{context_};
  std::string log_;
  RealRuntime runtime_{context_, "reader", 1};
};

Task<std::string> read_some(Socket& socket, std::string& log) {
  std::array<char, 64> data{};  // What a cancelled read would still write to.
  const Mark mark(log);
  auto start = [&](auto handler) {
    log += 's';
    socket.async_read_some(
        boost::asio::buffer(data),
        [&log, handler = std::move(handler)](const error_code& error, std::size_t size) mutable {
          log += 'h';
          handler(error, size);
        });
  };
  auto cancel = [&] {
    log += 'c';
    socket.cancel();
  };
  const auto [error, size] = co_await asio_operation<error_code, std::size_t>(start, cancel);
  if (error) co_return "error";
  co_return std::string(data.data(), size);
}

Task<void> read_and_log(Socket& socket, std::string& log) {
  const std::string text = co_await read_some(socket, log);
  log += text;
}

Task<void> read_within(Runtime& runtime, Socket& socket, std::string& log, Duration limit) {
  const auto text = co_await race(runtime, read_some(socket, log), runtime.now() + limit);
  log += text ? *text : "lost";
}

TEST_F(AsioOperationTest, YieldsWhatTheHandlerWasGiven) {
  // Goal: results come through as a tuple. Method: data that is there, then the end of the stream.
  send("abc");
  runtime_.spawn(read_and_log(near_, log_));
  run_until("shmabc");
  log_.clear();
  far_.close();
  runtime_.spawn(read_and_log(near_, log_));
  run_until("shmerror");
}

TEST_F(AsioOperationTest, ALoserIsCancelledAndAwaitedBeforeItsFrameDies) {
  // Goal: the buffer outlives the operation. Method: a read that nobody answers against 1 ms; the
  // order is cancel, handler, frame, result. Dying earlier would be a use after free under ASan.
  runtime_.spawn(read_within(runtime_, near_, log_, 1ms));
  run_until("schmlost");
  send("later");
  runtime_.spawn(read_and_log(near_, log_));
  run_until("schmlostshmlater");
}

TEST_F(AsioOperationTest, AWinnerIsNotCancelled) {
  // Goal: no side effect of a deadline that was not reached. Method: an answer before a far one.
  send("abc");
  runtime_.spawn(read_within(runtime_, near_, log_, 1h));
  run_until("shmabc");
}

Task<void> outer_race(Runtime& runtime, Socket& socket, std::string& log) {
  const bool won =
      co_await race(runtime, read_within(runtime, socket, log, 1h), runtime.now() + 1ms);
  log += won ? "won" : "outer";
}

TEST_F(AsioOperationTest, AnOuterRaceAwaitsTheOperationOfAnInnerOne) {
  // Goal: the same through two races. Method: the outer deadline comes first.
  runtime_.spawn(outer_race(runtime_, near_, log_));
  run_until("schmouter");
}

TEST_F(AsioOperationTest, ClosingTheRuntimeAwaitsOperationsInFlight) {
  // Goal: an orderly end with reads under way. Method: close with one plain and one racing read, of
  // two sockets; each is cancelled, both handlers run, then both frames die.
  runtime_.spawn(read_and_log(near_, log_));
  runtime_.spawn(read_within(runtime_, far_, log_, 1h));
  run_until("ss");
  runtime_.close();
  EXPECT_EQ(log_, "sscchhmm");
  EXPECT_TRUE(runtime_.closed());
}

TEST_F(AsioOperationTest, AnOperationThatIsDoneNeedsNoCancelling) {
  // Goal: between the handler and the resumption there is nothing to wait for. Method: an operation
  // whose handler runs inside its start; close before the task is resumed.
  const auto immediate = [](std::string& log) -> Task<void> {
    const Mark mark(log);
    auto start = [&](auto handler) { handler(error_code{}); };
    auto cancel = [&] { log += 'c'; };
    co_await asio_operation<error_code>(start, cancel);
    log += '!';
  };
  runtime_.spawn(immediate(log_));
  ASSERT_EQ(context_.run_one(), 1U);
  runtime_.close();
  EXPECT_EQ(log_, "m");
}

}  // namespace
}  // namespace sdbtwin::sim
