#include "absl/strings/match.h"
#include "services/gateway/apidoc/documents.h"

namespace tonghu::apidoc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Messages that have a JSON form of their own.
const Json* WellKnown(const std::string& name) {
  static const std::map<std::string, Json> known = {
      {"google.protobuf.Timestamp", {{"type", "string"}, {"format", "date-time"}}},
      {"google.protobuf.Duration", {{"type", "string"}, {"examples", {"3.5s"}}}},
      {"google.protobuf.FieldMask", {{"type", "string"}, {"examples", {"displayName,phone"}}}},
      {"google.protobuf.Empty", {{"type", "object"}}},
  };
  const auto found = known.find(name);
  return found == known.end() ? nullptr : &found->second;
}

Json Ref(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

void AddEnum(const EnumDescriptor& type, Json& schemas) {
  Json& schema = schemas[type.full_name()];
  std::string text = CommentOf(type);
  schema["type"] = "string";
  for (int i = 0; i < type.value_count(); ++i) {
    schema["enum"].push_back(type.value(i)->name());
    text += "\n- `" + type.value(i)->name() + "`: " + CommentOf(*type.value(i));
  }
  schema["description"] = text;
}

Json ScalarSchema(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"format", "int32"}};
    // JSON's numbers are exact up to 2^53 only.
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
      return {{"type", "string"}, {"format", "int64"}};
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {{"type", "number"}};
    default:
      break;
  }
  Json text = {{"type", "string"}};
  if (field.type() == FieldDescriptor::TYPE_BYTES) text["contentEncoding"] = "base64";
  return text;
}

Json FieldSchema(const FieldDescriptor& field, Json& schemas) {
  Json one;
  if (field.is_map()) {
    const Json value = FieldSchema(*field.message_type()->FindFieldByNumber(2), schemas);
    return {{"type", "object"}, {"additionalProperties", value}};
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    const Json* known = WellKnown(field.message_type()->full_name());
    if (known == nullptr) AddSchema(*field.message_type(), schemas);
    one = known != nullptr ? *known : Ref(field.message_type()->full_name());
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    if (!schemas.contains(field.enum_type()->full_name())) AddEnum(*field.enum_type(), schemas);
    one = Ref(field.enum_type()->full_name());
  } else {
    one = ScalarSchema(field);
  }
  if (field.is_repeated()) return {{"type", "array"}, {"items", std::move(one)}};
  return one;
}

}  // namespace

void AddSchema(const Descriptor& message, Json& schemas) {
  if (schemas.contains(message.full_name())) return;
  if (const Json* known = WellKnown(message.full_name()); known != nullptr) {
    schemas[message.full_name()] = *known;
    return;
  }
  // The name stands there before the fields are looked at, since messages may hold themselves.
  schemas[message.full_name()] = {{"type", "object"}, {"description", CommentOf(message)}};
  Json properties = Json::object();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    Json schema = FieldSchema(field, schemas);
    const std::string comment = CommentOf(field);
    if (!comment.empty()) schema["description"] = comment;
    properties[field.json_name()] = std::move(schema);
  }
  schemas[message.full_name()]["properties"] = std::move(properties);
}

}  // namespace tonghu::apidoc
