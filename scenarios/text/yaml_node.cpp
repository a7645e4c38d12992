#include "scenarios/text/yaml_node.h"

#include <fmt/format.h>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "scenarios/text/yaml_scalar.h"

namespace sdbtwin::scenarios {
namespace {

// Bounds [us]: far above any scenario (a Singlestore manifest has about 60 nodes, 12 deep), far
// below what would make reading slow or overflow the stack.
constexpr std::uint64_t kNodesMax = 200'000;
constexpr std::size_t kDepthMax = 100;

// Leaves yaml-cpp's parser; becomes a Problem in parse_yaml.
struct Refused {
  Position at;
  std::string message;
  std::string hint;
};

Position position(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

class TreeBuilder final : public YAML::EventHandler {
 public:
  YamlPtr take_root() { return std::exchange(root_, nullptr); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    anchors_.clear();
    stack_.clear();
    root_ = std::make_shared<YamlNode>();
    std::const_pointer_cast<YamlNode>(root_)->at = position(mark);
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = std::make_shared<YamlNode>();
    node->at = position(mark);
    add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      throw Refused{position(mark), "an alias inside its own anchor",
                    "an alias repeats a value that is complete before it"};
    }
    attach(found->second, position(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = std::make_shared<YamlNode>();
    node->at = position(mark);
    node->text = value;
    node->type = YamlType::kString;
    if (tag == "?") {
      resolve_plain_scalar(*node);
    } else if (tag != "!" && tag != "tag:yaml.org,2002:str") {
      throw Refused{node->at, fmt::format("the tag {} is not supported", printable(tag)),
                    "write the plain value; quote it to make it text"};
    }
    add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlType::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlType::kMapping);
  }
  void OnMapEnd() override {
    if (stack_.back().merge) merge_into(*stack_.back().node, stack_.back());
    close();
  }

 private:
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor;
    bool has_key = false;
    std::string key;
    Position key_at;
    std::set<std::string, std::less<>> keys;
    YamlPtr merge;  // the value of `<<`
  };

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlType type) {
    if (stack_.size() >= kDepthMax) {
      throw Refused{position(mark), fmt::format("nested more than {} levels deep", kDepthMax),
                    "no object here is nested so deeply"};
    }
    auto node = std::make_shared<YamlNode>();
    node->at = position(mark);
    node->type = type;
    if (!stack_.empty() && stack_.back().node->type == YamlType::kMapping &&
        !stack_.back().has_key) {
      throw Refused{node->at, fmt::format("the key is {}", describe(type)),
                    "a key is a plain name"};
    }
    stack_.push_back({std::move(node), anchor, false, {}, {}, {}, nullptr});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(done.node), done.anchor);
  }

  void add(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    const Position at = node->at;
    attach(std::move(node), at);
  }

  void attach(YamlPtr node, Position at) {
    if (++nodes_ > kNodesMax) throw too_large(at);
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node->type == YamlType::kMapping && !parent.has_key) return take_key(*node, at);
    parent.node->size += node->size;
    if (parent.node->size > kNodesMax) throw too_large(at);
    if (parent.node->type == YamlType::kSequence) {
      parent.node->items.push_back(std::move(node));
      return;
    }
    parent.has_key = false;
    if (parent.key == "<<") {
      parent.merge = std::move(node);
      return;
    }
    parent.node->entries.push_back({std::move(parent.key), parent.key_at, std::move(node)});
  }

  void take_key(const YamlNode& node, Position at) {
    Open& parent = stack_.back();
    if (node.type == YamlType::kSequence || node.type == YamlType::kMapping) {
      throw Refused{at, fmt::format("the key is {}", describe(node.type)), "a key is a plain name"};
    }
    if (!parent.keys.insert(node.text).second) {
      throw Refused{at, fmt::format("the key \"{}\" is here twice", printable(node.text)),
                    "keep one of them"};
    }
    parent.has_key = true;
    parent.key = node.text;
    parent.key_at = at;
  }

  // YAML 1.1 merge keys: `<<: *base` or `<<: [*a, *b]`; what the mapping says itself wins.
  void merge_into(YamlNode& node, Open& open) {
    std::vector<YamlPtr> from{open.merge};
    if (open.merge->type == YamlType::kSequence) from = open.merge->items;
    for (const YamlPtr& source : from) {
      if (source->type != YamlType::kMapping) {
        throw Refused{open.merge->at, "`<<` needs a mapping",
                      "merge an anchored mapping: <<: *name"};
      }
      for (const YamlEntry& entry : source->entries) {
        if (open.keys.insert(entry.key).second) node.entries.push_back(entry);
      }
    }
  }

  static Refused too_large(Position at) {
    return {at, fmt::format("more than {} values, with aliases written out", kNodesMax),
            "make the file smaller; an alias repeats all that its anchor holds"};
  }

  std::vector<Open> stack_;
  std::map<YAML::anchor_t, YamlPtr> anchors_;
  YamlPtr root_;
  std::uint64_t nodes_ = 0;
};

std::string parse_hint(const std::string& message) {
  if (message.find("tab") != std::string::npos) return "YAML is indented with spaces";
  if (message.find("map value") != std::string::npos) {
    return "check the indentation; quote a value that contains \": \"";
  }
  return "check the indentation, the quotes and the brackets of this and the lines before";
}

}  // namespace

std::string_view describe(YamlType type) {
  switch (type) {
    case YamlType::kNull:
      return "nothing";
    case YamlType::kBool:
      return "a boolean";
    case YamlType::kInteger:
      return "an integer";
    case YamlType::kNumber:
      return "a number";
    case YamlType::kString:
      return "text";
    case YamlType::kSequence:
      return "a list";
    case YamlType::kMapping:
      return "a mapping";
  }
  return "?";
}

const YamlEntry* YamlNode::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

std::optional<std::vector<YamlDocument>> parse_yaml(const SourcePtr& source, Problems& problems) {
  std::vector<YamlDocument> documents;
  try {
    std::istringstream in(source->text);
    YAML::Parser parser(in);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
      documents.push_back({source, builder.take_root()});
    }
    return documents;
  } catch (const Refused& refused) {
    problems.add(source, refused.at, refused.message, refused.hint);
  } catch (const YAML::DeepRecursion& error) {
    problems.add(source, position(error.mark), "nested too deeply",
                 "no object is nested so deeply");
  } catch (const YAML::Exception& error) {
    const Position at = error.mark.is_null() ? Position{1, 1} : position(error.mark);
    problems.add(source, at, "not valid YAML: " + printable(error.msg), parse_hint(error.msg));
  }
  return std::nullopt;
}

}  // namespace sdbtwin::scenarios
