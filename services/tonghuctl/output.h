// The output of a command: tables for people, or one JSON document with --json.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace tonghu::tonghuctl {

// The protobuf JSON of a message: lowerCamelCase, with every field, on several lines or one.
std::string ToJson(const google::protobuf::Message& message, bool one_line = false);

// The message as a document that can be put into a larger one.
nlohmann::ordered_json ToDocument(const google::protobuf::Message& message);

class Output {
 public:
  explicit Output(const bool& json) : json_(json) {}
  bool json() const { return json_; }

  // Prints the message as JSON, or what `text` makes for people (called only then).
  void Show(const google::protobuf::Message& message, const std::function<std::string()>& text) const;
  void Show(const nlohmann::ordered_json& document, const std::function<std::string()>& text) const;
  // Prints one message of many that come over time: one line of JSON each.
  void ShowLine(const google::protobuf::Message& message, const std::function<std::string()>& text) const;
  // Prints a remark beside the result, on stderr.
  void Remark(std::string_view text) const;

 private:
  const bool& json_;  // the command line's flag, read after parsing
};

}  // namespace tonghu::tonghuctl
