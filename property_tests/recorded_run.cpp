#include "property_tests/recorded_run.h"

#include <fstream>
#include <sstream>

#include "sim/core/assert.h"

namespace sdbtwin::property_tests {
namespace {

const api::Value& member(const api::Value& value, std::string_view name) {
  static const api::Value kNone;
  const api::Value* found = value.find(name);
  return found == nullptr ? kNone : *found;
}

std::int64_t integer_at(const api::Value& value, std::string_view name) {
  const api::Value& found = member(value, name);
  return found.is_integer() ? found.as_integer() : 0;
}

// "...; observe 5 s"
std::optional<sim::Duration> observation_in(const std::string& what) {
  const std::string word = "observe ";
  const size_t at = what.find(word);
  if (at == std::string::npos) return std::nullopt;
  return std::chrono::seconds(std::stoi(what.substr(at + word.size())));
}

RecordedAction action_from(const api::Value& from) {
  RecordedAction action;
  action.by = from.string_at("by");
  action.verb = from.string_at("verb");
  action.resource = from.string_at("resource");
  action.name = from.string_at("name");
  action.patch_type = from.string_at("patchType");
  action.body = member(from, "body");
  action.sets = from.string_at("sets");
  action.code = integer_at(from, "code");
  action.pause_after = std::chrono::milliseconds(integer_at(from, "then_ms"));
  return action;
}

RecordedStep step_from(const api::Value& from) {
  RecordedStep step;
  step.number = static_cast<int>(integer_at(from, "step"));
  step.what = from.string_at("what");
  step.observed = observation_in(step.what);
  for (const api::Value& action : member(from, "actions").items())
    step.actions.push_back(action_from(action));
  for (const api::Value& write : member(from, "core").items()) step.core.push_back(write.text());
  step.order_varies = member(from, "repeatability").string_at("core") == "same, order varies";
  step.state_after = member(from, "state_after");
  return step;
}

}  // namespace

std::optional<RecordedRun> read_recorded_run(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  const api::Result<api::Value> json = api::Value::parse(text.str());
  SIM_ASSERT(json.ok());
  RecordedRun run;
  run.scenario = json->string_at("scenario");
  for (const api::Value& words : member(*json, "setup").items()) run.setup.push_back(words.text());
  run.initial_objects = member(*json, "initial_objects").items();
  for (const api::Value& step : member(*json, "steps").items())
    run.steps.push_back(step_from(step));
  return run;
}

}  // namespace sdbtwin::property_tests
