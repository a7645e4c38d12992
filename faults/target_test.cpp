// Goal: targets are read as they are written, and what names nobody is refused.
// Method: texts with what they must become; wrong ones.
#include "faults/target.h"

#include <gtest/gtest.h>

namespace sdbtwin::faults {
namespace {

TEST(Target, IsReadAsItIsWritten) {
  for (const char* text : {"leaf/1", "aggregator/0", "master-aggregator", "partition app/3 master",
                           "partition app/3 replica of demo/sdb", "leaf/12 of demo/sdb",
                           "partition app/3 on leaf/1"}) {
    const auto target = parse_target(text);
    ASSERT_TRUE(target.has_value()) << text;
    EXPECT_EQ(to_string(*target), text);
  }
}

TEST(Target, APodOfALeafIsThatLeaf) {
  EXPECT_EQ(parse_target("pod of leaf/1"), parse_target("leaf/1"));
}

TEST(Target, WhatNamesNobodyIsRefused) {
  for (const char* text :
       {"", "leaf", "leaf/", "leaf/x", "leaf/-1", "leaf/1/2", "leaf/1234567", "sdb-leaf-1",
        "partition app/3", "partition app master", "partition app/3 slave", "leaf/1 of",
        "leaf/1 of demo", "leaf/1 in demo/sdb", "leaf/1 of demo/sdb x", "master-aggregator/0"}) {
    EXPECT_FALSE(parse_target(text).has_value()) << text;
  }
}

TEST(Streams, AreReadAsTheyAreWritten) {
  for (const char* text :
       {"all", "leaf/1", "link leaf/0 leaf/1", "database app", "partition app/3", "metadata",
        "metadata leaf/1", "metadata aggregator/2", "all of demo/sdb", "metadata of demo/sdb",
        "link leaf/0 leaf/1 of demo/sdb"}) {
    const auto streams = parse_streams(text);
    ASSERT_TRUE(streams.has_value()) << text;
    EXPECT_EQ(to_string(*streams), text);
  }
  for (const char* text : {"", "al", "leaf", "link leaf/0", "link leaf/0 aggregator/1", "database",
                           "database a/b", "partition app", "metadata x", "all demo/sdb"}) {
    EXPECT_FALSE(parse_streams(text).has_value()) << text;
  }
}

TEST(Target, APartitionIsADatabaseAndANumber) {
  const auto partition = parse_partition("app/3 of demo/sdb");
  ASSERT_TRUE(partition.has_value());
  EXPECT_EQ(partition->database, "app");
  EXPECT_EQ(partition->ordinal, 3);
  EXPECT_EQ(to_string(*partition), "app/3 of demo/sdb");
  EXPECT_FALSE(parse_partition("app_3").has_value());
}

}  // namespace
}  // namespace sdbtwin::faults
