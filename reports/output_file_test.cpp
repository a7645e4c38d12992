// Goal: no error on the way to a disk is lost.
// Method: a good file, a path that cannot be opened, and the device that is always full.
#include "reports/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sdbtwin::reports {
namespace {

using ::testing::HasSubstr;

TEST(OutputFile, WhatIsWrittenIsThere) {
  const std::string path = ::testing::TempDir() + "/sdbtwin-output-file-test.txt";
  OutputFile file(path);
  file.write("one\n");
  file.write("two\n");
  file.close();
  EXPECT_TRUE(file.ok());
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "one\ntwo\n");
  std::filesystem::remove(path);
}

TEST(OutputFile, WhatWasThereStaysUntilTheNewFileIsWhole) {
  const std::string path = ::testing::TempDir() + "/sdbtwin-output-file-kept.txt";
  std::ofstream(path) << "before";
  const auto content = [&] {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  {
    OutputFile abandoned(path);
    abandoned.write("half");
    EXPECT_EQ(content(), "before");
  }
  EXPECT_EQ(content(), "before");
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  OutputFile file(path);
  file.write("after");
  file.close();
  EXPECT_EQ(content(), "after");
  std::filesystem::remove(path);
}

TEST(OutputFile, AnUnwritablePathIsAnErrorAtOnce) {
  OutputFile file(::testing::TempDir() + "/no/such/folder/file.txt");
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(*file.error(), HasSubstr("No such file or directory"));
  file.write("lost");
  file.close();
  EXPECT_FALSE(file.ok());
}

TEST(OutputFile, AFullDiskIsAnErrorAtTheLatestWhenItIsClosed) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  OutputFile file("/dev/full");
  file.write("small");
  file.close();
  ASSERT_FALSE(file.ok());
  EXPECT_THAT(*file.error(), HasSubstr("cannot write /dev/full: No space left on device"));
}

TEST(OutputFile, AFullDiskIsNoticedWhileALotIsWritten) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  OutputFile file("/dev/full");
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 4; ++i) file.write(block);
  EXPECT_FALSE(file.ok());
  file.close();
}

}  // namespace
}  // namespace sdbtwin::reports
