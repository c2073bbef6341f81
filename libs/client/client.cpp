#include "libs/client/client.h"

#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/rpc/server.h"
#include "libs/status/macros.h"

namespace tonghu::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The field of this name when it is a single string; else null.
const FieldDescriptor* StringField(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  const bool is_one =
      field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated();
  return is_one ? field : nullptr;
}

}  // namespace

std::string ServiceOf(const google::protobuf::FileDescriptor& file) {
  const std::vector<std::string> parts = absl::StrSplit(file.package(), '.');
  return parts.size() > 1 ? parts[1] : file.package();
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Client::ChannelTo(const std::string& service) {
  if (!endpoints_.ok()) return endpoints_.status();
  absl::MutexLock lock(&mutex_);
  if (const auto found = channels_.find(service); found != channels_.end()) return found->second;
  // Dial waits for no server, so the lock is held for a moment only.
  ASSIGN_OR_RETURN(auto channel, endpoints_->Dial(service, seen_));
  return channels_[service] = std::move(channel);
}

absl::Status Client::Call(const google::protobuf::MethodDescriptor& method, Message& request,
                          Message& response) {
  ASSIGN_OR_RETURN(auto channel, ChannelTo(ServiceOf(*method.file())));
  // One id for all tries, so that a repeat is decided once (I1).
  GiveRequestId(request);
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  return RetryCall(bounds_, [&](grpc::ClientContext& context) {
    response.Clear();
    // Generated stubs call this function; gRPC has no public way to make a blocking call by a method's name.
    return grpc::internal::BlockingUnaryCall<Message, Message, google::protobuf::MessageLite,
                                             google::protobuf::MessageLite>(channel.get(), rpc, &context,
                                                                            request, &response);
  });
}

absl::Status Client::ForEachPage(const google::protobuf::MethodDescriptor& method, Message& request,
                                 Message& page, absl::FunctionRef<bool()> take) {
  return Pages(
      request, page, [&] { return Call(method, request, page); }, take);
}

absl::Status Client::Pages(Message& request, const Message& page, absl::FunctionRef<absl::Status()> fetch,
                           absl::FunctionRef<bool()> take) {
  const FieldDescriptor* here = StringField(request, "page_token");
  const FieldDescriptor* next = StringField(page, "next_page_token");
  if (here == nullptr || next == nullptr) return absl::InternalError("this method gives no pages");
  for (;;) {
    RETURN_IF_ERROR(fetch());
    if (!take()) return absl::OkStatus();
    const std::string token = page.GetReflection()->GetString(page, next);
    if (token.empty()) return absl::OkStatus();
    // Without this check a service with such a mistake would be asked for ever.
    if (token == request.GetReflection()->GetString(request, here))
      return absl::InternalError("the service gives the same page again and again");
    request.GetReflection()->SetString(&request, here, token);
  }
}

void Client::GiveRequestId(Message& request) {
  const FieldDescriptor* field = StringField(request, "request_id");
  if (field != nullptr && request.GetReflection()->GetString(request, field).empty())
    request.GetReflection()->SetString(&request, field, ids_.Next(absl::Now()));
}

}  // namespace tonghu::client
