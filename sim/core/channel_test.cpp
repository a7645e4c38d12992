#include "sim/core/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "sim/engine/simulation.h"

// Channels between processes; within one they are in the contract of every runtime.

namespace sdbtwin::sim {
namespace {

using namespace std::chrono_literals;

Task<void> receive_one(Channel<int>& channel, std::string& log) {
  const std::optional<int> item = co_await channel.receive();
  log += item ? std::to_string(*item) : "closed";
}

Task<void> receive_all(Channel<int>& channel, std::string& log) {
  while (const std::optional<int> item = co_await channel.receive()) log += std::to_string(*item);
  log += '.';
}

class ChannelTest : public testing::Test {
 protected:
  // Adds a process that runs the task, and runs it to its first wait.
  Process& add(std::string name, Task<void> (*task)(Channel<int>&, std::string&)) {
    ProcessMain main = [this, task](Runtime& runtime) {
      runtime.spawn(task(*channel_, log_));
      return nullptr;
    };
    Process& process = simulation_.add_process(std::move(name), std::move(main));
    process.start();
    simulation_.run_until(simulation_.now());
    return process;
  }
  void run() { simulation_.run_until(simulation_.now() + 1s); }

  std::string log_;
  std::unique_ptr<Channel<int>> channel_ = std::make_unique<Channel<int>>();
  Simulation simulation_{1};
};

TEST_F(ChannelTest, ReceiversAreServedInTheOrderInWhichTheyCame) {
  // Goal: fair. Method: three receivers, then three items; more items than receivers stay.
  for (const char* name : {"a", "b", "c"}) add(name, &receive_one);
  for (int item = 1; item <= 4; ++item) EXPECT_TRUE(channel_->send(item));
  EXPECT_EQ(channel_->size(), 1U);
  run();
  EXPECT_EQ(log_, "123");
}

TEST_F(ChannelTest, WhatDeadReceiversHeldKeepsItsOrder) {
  // Goal: items go back to where they were, whoever dies first. Method: items 1 to 3 are handed to
  // three processes, which die in either order before they run.
  Process& first = add("first", &receive_one);
  Process& second = add("second", &receive_one);
  Process& third = add("third", &receive_one);
  for (int item = 1; item <= 4; ++item) channel_->send(item);
  first.kill();
  third.kill();
  second.kill();
  EXPECT_EQ(channel_->size(), 4U);
  channel_->close();
  add("heir", &receive_all);
  EXPECT_EQ(log_, "1234.");
}

TEST_F(ChannelTest, WhatADeadReceiverHeldGoesToOneThatWaits) {
  // Goal: no item waits while a receiver does. Method: the first of two receivers dies with an
  // item.
  Process& first = add("first", &receive_one);
  add("second", &receive_one);
  channel_->send(1);
  first.kill();
  run();
  EXPECT_EQ(log_, "1");
}

TEST_F(ChannelTest, CloseWakesAllWhoWait) {
  // Goal: nobody waits for ever. Method: two receivers, then close; a late one too.
  add("a", &receive_one);
  add("b", &receive_one);
  channel_->close();
  run();
  add("c", &receive_one);
  EXPECT_EQ(log_, "closedclosedclosed");
  EXPECT_FALSE(channel_->send(1));
}

TEST_F(ChannelTest, AChannelMayGoBeforeItsReceivers) {
  // Goal: no dangling in either direction. Method: destroy it with one receiver asleep and one that
  // has been handed an item; the latter has it, the former sleeps on and can be killed.
  Process& handed = add("handed", &receive_one);
  Process& asleep = add("asleep", &receive_one);
  channel_->send(1);
  channel_.reset();
  run();
  EXPECT_EQ(log_, "1");
  asleep.kill();
  handed.kill();
  run();
  EXPECT_EQ(log_, "1");
}

}  // namespace
}  // namespace sdbtwin::sim
