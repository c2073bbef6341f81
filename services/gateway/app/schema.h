// The methods that are served over HTTP, and their messages, by a descriptor set.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/type_resolver.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tonghu/api/v1/method.pb.h"

namespace tonghu::gateway {

// A method that is served.
struct Method {
  std::string service;  // whose it is: "pairing"; empty: every service has it ("journal")
  std::string path;     // "/tonghu.pairing.v1.DutyService/ListDuties"
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  bool safe = false;  // may be called by GET
  api::v1::SessionEffect session = api::v1::SESSION_EFFECT_UNSPECIFIED;

  bool streams() const { return descriptor->server_streaming() || descriptor->client_streaming(); }
};

// Thread-safe.
class Schema {
 public:
  // Reads a serialized google.protobuf.FileDescriptorSet. With `everything`, methods without a rule are
  // served too. Errors: INVALID_ARGUMENT when the file can't be read or is no descriptor set.
  static absl::StatusOr<std::unique_ptr<Schema>> Load(const std::string& path, bool everything);

  // The method of a path; null when it is not served: unknown, without a rule, or for other services only.
  const Method* Find(absl::string_view path) const;

  // A message from JSON to its binary form, and back. Errors: INVALID_ARGUMENT for JSON that is not this
  // message; INTERNAL for bytes that are not.
  absl::StatusOr<std::string> ToBinary(const google::protobuf::Descriptor& message,
                                       const std::string& json) const;
  absl::StatusOr<std::string> ToJson(const google::protobuf::Descriptor& message,
                                     const std::string& binary) const;

  // Takes the text out of a message's field `session_token`; puts one in. A message without such a field
  // stays as it is. Errors: INVALID_ARGUMENT for bytes that are not this message.
  absl::StatusOr<std::string> TakeSessionToken(const google::protobuf::Descriptor& message,
                                               std::string& binary) const;
  absl::Status PutSessionToken(const google::protobuf::Descriptor& message, const std::string& token,
                               std::string& binary) const;

 private:
  explicit Schema(std::unique_ptr<google::protobuf::DescriptorDatabase> files);
  void Add(const google::protobuf::FileDescriptor& file, bool everything);

  const std::unique_ptr<google::protobuf::DescriptorDatabase> files_;
  google::protobuf::DescriptorPool pool_;
  const std::unique_ptr<google::protobuf::util::TypeResolver> resolver_;
  mutable google::protobuf::DynamicMessageFactory factory_;  // thread-safe by itself
  std::map<std::string, Method, std::less<>> methods_;       // by path
};

}  // namespace tonghu::gateway
