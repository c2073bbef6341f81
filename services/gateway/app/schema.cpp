#include "services/gateway/app/schema.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace tonghu::gateway {
namespace {

constexpr char kTypes[] = "type.googleapis.com";
constexpr char kToken[] = "session_token";

std::string TypeUrl(const google::protobuf::Descriptor& message) {
  return absl::StrCat(kTypes, "/", message.full_name());
}

// "pairing" for tonghu.pairing.v1; empty for tonghu.journal.v1, which every service has.
std::string ServiceOf(const google::protobuf::FileDescriptor& file) {
  const std::vector<std::string> parts = absl::StrSplit(file.package(), '.');
  const std::string name = parts.size() > 1 ? parts[1] : file.package();
  return name == "journal" ? "" : name;
}

const google::protobuf::FieldDescriptor* TokenField(const google::protobuf::Descriptor& message) {
  const auto* field = message.FindFieldByName(kToken);
  const bool text = field != nullptr && !field->is_repeated() &&
                    field->type() == google::protobuf::FieldDescriptor::TYPE_STRING;
  return text ? field : nullptr;
}

}  // namespace

Schema::Schema(std::unique_ptr<google::protobuf::DescriptorDatabase> files)
    : files_(std::move(files)),
      pool_(files_.get()),
      resolver_(google::protobuf::util::NewTypeResolverForDescriptorPool(kTypes, &pool_)),
      factory_(&pool_) {}

absl::StatusOr<std::unique_ptr<Schema>> Schema::Load(const std::string& path, bool everything) {
  std::ifstream file(path, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  if (!file || !set.ParseFromIstream(&file) || set.file().empty())
    return absl::InvalidArgumentError(absl::StrCat("descriptor_set: ", path, " is no descriptor set"));
  auto database = std::make_unique<google::protobuf::SimpleDescriptorDatabase>();
  for (const auto& one : set.file()) database->Add(one);
  std::unique_ptr<Schema> schema(new Schema(std::move(database)));
  for (const auto& one : set.file()) {
    const auto* descriptor = schema->pool_.FindFileByName(one.name());
    if (descriptor == nullptr)
      return absl::InvalidArgumentError(
          absl::StrCat("descriptor_set: ", one.name(), " lacks something it imports"));
    schema->Add(*descriptor, everything);
  }
  return schema;
}

void Schema::Add(const google::protobuf::FileDescriptor& file, bool everything) {
  for (int i = 0; i < file.service_count(); ++i) {
    for (int k = 0; k < file.service(i)->method_count(); ++k) {
      const auto* descriptor = file.service(i)->method(k);
      // The options of a pool made at run time hold the rule as unknown bytes: read with the built-in type.
      google::protobuf::MethodOptions options;
      options.ParseFromString(descriptor->options().SerializeAsString());
      const bool ruled = options.HasExtension(api::v1::rule);
      const auto& rule = options.GetExtension(api::v1::rule);
      if ((!ruled && !everything) || rule.internal()) continue;
      Method method{ServiceOf(file), absl::StrCat("/", file.service(i)->full_name(), "/", descriptor->name()),
                    descriptor};
      method.safe =
          rule.kind() == api::v1::METHOD_KIND_QUERY ||
          descriptor->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
      method.session = rule.session();
      methods_.emplace(method.path, method);
    }
  }
}

const Method* Schema::Find(absl::string_view path) const {
  const auto found = methods_.find(path);
  return found == methods_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::string> Schema::ToBinary(const google::protobuf::Descriptor& message,
                                             const std::string& json) const {
  std::string binary;
  // Fields that this message does not have are refused: a misspelt filter would give more than was asked for.
  const auto status =
      google::protobuf::util::JsonToBinaryString(resolver_.get(), TypeUrl(message), json, &binary);
  if (!status.ok()) return absl::InvalidArgumentError(std::string(status.message()));
  return binary;
}

absl::StatusOr<std::string> Schema::ToJson(const google::protobuf::Descriptor& message,
                                           const std::string& binary) const {
  std::string json;
  const auto status =
      google::protobuf::util::BinaryToJsonString(resolver_.get(), TypeUrl(message), binary, &json);
  if (!status.ok()) return absl::InternalError("an answer can't be written as JSON");
  return json;
}

absl::StatusOr<std::string> Schema::TakeSessionToken(const google::protobuf::Descriptor& message,
                                                     std::string& binary) const {
  const auto* field = TokenField(message);
  if (field == nullptr) return std::string();
  std::unique_ptr<google::protobuf::Message> parsed(factory_.GetPrototype(&message)->New());
  if (!parsed->ParseFromString(binary)) return absl::InvalidArgumentError("the message can't be read");
  std::string token = parsed->GetReflection()->GetString(*parsed, field);
  parsed->GetReflection()->ClearField(parsed.get(), field);
  binary = parsed->SerializeAsString();
  return token;
}

absl::Status Schema::PutSessionToken(const google::protobuf::Descriptor& message, const std::string& token,
                                     std::string& binary) const {
  const auto* field = TokenField(message);
  if (field == nullptr) return absl::OkStatus();
  std::unique_ptr<google::protobuf::Message> parsed(factory_.GetPrototype(&message)->New());
  if (!parsed->ParseFromString(binary)) return absl::InvalidArgumentError("the message can't be read");
  // What a client wrote there itself is replaced, also by nothing.
  parsed->GetReflection()->SetString(parsed.get(), field, token);
  binary = parsed->SerializeAsString();
  return absl::OkStatus();
}

}  // namespace tonghu::gateway
