// A folder of files for one test, in the place that the test framework names; removed afterwards.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace sdbtwin::scenarios {

class TestFiles {
 public:
  TestFiles() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("sdbtwin-") + info->test_suite_name() + "-" + info->name());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  ~TestFiles() { std::filesystem::remove_all(root_); }
  TestFiles(const TestFiles&) = delete;
  TestFiles& operator=(const TestFiles&) = delete;

  // The path of the new file.
  std::string write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string root() const { return root_.string(); }

 private:
  std::filesystem::path root_;
};

// A minimal database and the request that updates it.
inline const std::string kDatabaseYaml =
    "apiVersion: kubedb.com/v1alpha2\n"
    "kind: Singlestore\n"
    "metadata: {name: sdb, namespace: demo}\n"
    "spec:\n"
    "  version: \"8.7.21\"\n"
    "  licenseSecret: {kind: Secret, name: license-secret}\n"
    "  topology:\n"
    "    aggregator: {replicas: 1}\n"
    "    leaf: {replicas: 2}\n";
inline const std::string kUpdateYaml =
    "apiVersion: ops.kubedb.com/v1alpha1\n"
    "kind: SinglestoreOpsRequest\n"
    "metadata: {name: update, namespace: demo}\n"
    "spec:\n"
    "  type: UpdateVersion\n"
    "  databaseRef: {name: sdb}\n"
    "  updateVersion: {targetVersion: \"8.9.3\"}\n";
inline const std::string kScenarioHead =
    "apiVersion: sdbtwin.dev/v1alpha1\n"
    "kind: Scenario\n"
    "metadata: {name: test}\n"
    "spec:\n";

}  // namespace sdbtwin::scenarios
