// Calls a method by its name with JSON, as somebody would who has nothing but the protos.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/harness/stack.h"

namespace tonghu::system_test {

// Every service of the stack, known from the descriptor set that the build makes of all protos. Not
// thread-safe.
class NamedCalls {
 public:
  // Reads the descriptor set. Ends the program when the set can't be read: the build is broken then.
  explicit NamedCalls(const harness::Stack& stack);

  // Every method of every service below package tonghu, by full name
  // ("tonghu.registry.v1.ChildService.GetChild").
  const std::vector<const google::protobuf::MethodDescriptor*>& methods() const { return methods_; }
  // nullptr when no service has that method. `name` may leave out "tonghu." and ".v1".
  const google::protobuf::MethodDescriptor* Find(const std::string& name) const;

  // The stack's service that serves the method: "registry"; the journal's methods are asked of the registry.
  static std::string ServiceOf(const google::protobuf::MethodDescriptor& method);

  // An empty message of the request's type.
  std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::MethodDescriptor& method);

  struct Call {
    const google::protobuf::MethodDescriptor* method;
    std::vector<const google::protobuf::Message*> requests;  // one, unless the method takes a stream
    int answers = 1;                                         // read from a stream before leaving it
    std::function<void()> started = [] {};                   // of a stream: the server has begun to serve it
    std::shared_ptr<grpc::Channel> channel;                  // null: the stack's, as the local operator
    std::function<void(grpc::ClientContext&)> prepare = [](grpc::ClientContext&) {};  // adds metadata
  };
  // Makes the call with a deadline of 30 s. Gives the answers as protobuf's JSON. Errors: what the service
  // said.
  absl::StatusOr<std::vector<nlohmann::json>> Make(const Call& call);

 private:
  grpc::ByteBuffer Encoded(const google::protobuf::Message& message) const;
  absl::StatusOr<nlohmann::json> Decoded(const google::protobuf::Descriptor& type,
                                         const grpc::ByteBuffer& bytes);

  const harness::Stack& stack_;
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory messages_{&pool_};
  std::vector<const google::protobuf::MethodDescriptor*> methods_;
};

}  // namespace tonghu::system_test
