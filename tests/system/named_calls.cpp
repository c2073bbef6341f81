#include "tests/system/named_calls.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "libs/rpc/deadline.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::system_test {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::string ShortName(const MethodDescriptor& method) {
  return absl::StrReplaceAll(method.full_name(), {{"tonghu.", ""}, {".v1.", "."}});
}

constexpr absl::Duration kRefusal = absl::Milliseconds(300);

// One generic call, step by step: each waits for the completion of the one before.
class Steps {
 public:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }
  // How the step under way ends within `most`; none when it does not.
  std::optional<bool> EndWithin(absl::Duration most) {
    void* tag = nullptr;
    bool ok = false;
    const auto ended = queue_.AsyncNext(&tag, &ok, rpc::MonotonicDeadline(most));
    return ended == grpc::CompletionQueue::TIMEOUT ? std::nullopt : std::optional(ok);
  }
  grpc::CompletionQueue& queue() { return queue_; }

 private:
  grpc::CompletionQueue queue_;
};

}  // namespace

NamedCalls::NamedCalls(const harness::Stack& stack) : stack_(stack) {
  std::ifstream file(TONGHU_DESCRIPTOR_SET, std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&file)) {
    std::fprintf(stderr, "%s can't be read\n", TONGHU_DESCRIPTOR_SET);
    std::abort();
  }
  for (const auto& proto : set.file()) {
    const auto* built = pool_.BuildFile(proto);
    if (built == nullptr || !absl::StartsWith(built->package(), "tonghu.")) continue;
    for (int s = 0; s < built->service_count(); ++s) {
      for (int m = 0; m < built->service(s)->method_count(); ++m)
        methods_.push_back(built->service(s)->method(m));
    }
  }
}

const MethodDescriptor* NamedCalls::Find(const std::string& name) const {
  for (const MethodDescriptor* method : methods_) {
    if (method->full_name() == name || ShortName(*method) == name) return method;
  }
  return nullptr;
}

std::string NamedCalls::ServiceOf(const MethodDescriptor& method) {
  const std::vector<std::string> package = absl::StrSplit(method.file()->package(), '.');
  return package[1] == "journal" ? "registry" : package[1];
}

std::unique_ptr<Message> NamedCalls::NewRequest(const MethodDescriptor& method) {
  return std::unique_ptr<Message>(messages_.GetPrototype(method.input_type())->New());
}

grpc::ByteBuffer NamedCalls::Encoded(const Message& message) const {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

absl::StatusOr<nlohmann::json> NamedCalls::Decoded(const google::protobuf::Descriptor& type,
                                                   const grpc::ByteBuffer& bytes) {
  std::unique_ptr<Message> message(messages_.GetPrototype(&type)->New());
  std::vector<grpc::Slice> slices;
  std::string whole, json;
  if (!bytes.Dump(&slices).ok()) return absl::InternalError("the answer's bytes can't be had");
  for (const grpc::Slice& slice : slices)
    whole.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (!message->ParseFromString(whole))
    return absl::InternalError(absl::StrCat("the answer is no ", type.full_name()));
  if (auto made = google::protobuf::util::MessageToJsonString(*message, &json); !made.ok())
    return absl::InternalError(made.ToString());
  return nlohmann::json::parse(json);
}

absl::StatusOr<std::vector<nlohmann::json>> NamedCalls::Make(const Call& call) {
  const MethodDescriptor& method = *call.method;
  grpc::GenericStub stub(call.channel == nullptr ? stack_.Channel(ServiceOf(method)) : call.channel);
  auto context = rpc::WithDeadline(absl::Seconds(30));
  call.prepare(*context);
  Steps steps;
  auto stream = stub.PrepareCall(
      context.get(), absl::StrCat("/", method.service()->full_name(), "/", method.name()), &steps.queue());
  stream->StartCall(nullptr);
  bool going = steps.Next();
  for (size_t i = 0; going && i < call.requests.size(); ++i) {
    stream->Write(Encoded(*call.requests[i]), nullptr);
    going = steps.Next();
  }
  if (going) {
    stream->WritesDone(nullptr);
    going = steps.Next();
  }
  if (going && method.server_streaming()) {
    stream->ReadInitialMetadata(nullptr);
    going = steps.Next();
    if (going) call.started();
  }
  std::vector<nlohmann::json> answers;
  absl::Status unreadable;
  while (going && unreadable.ok() && static_cast<int>(answers.size()) < call.answers) {
    grpc::ByteBuffer bytes;
    stream->Read(&bytes, nullptr);
    going = steps.Next();
    if (!going) break;
    auto answer = Decoded(*method.output_type(), bytes);
    unreadable = answer.status();
    // An empty message of a stream says only that the stream lives.
    const bool says = answer.ok() && !(method.server_streaming() && answer->empty());
    if (says) answers.push_back(*std::move(answer));
  }
  grpc::ByteBuffer unread;
  std::optional<bool> read;
  if (going && method.server_streaming() && call.answers == 0) {
    // A refusal comes in one piece with the headers, so that the reading ends at once, without a message. The
    // reading of a stream that is served gives a message, or waits for one.
    stream->Read(&unread, nullptr);
    read = steps.EndWithin(kRefusal);
  }
  const bool refused = read == false;
  if (method.server_streaming() && !refused) {
    context->TryCancel();
    if (going && call.answers == 0 && !read.has_value()) steps.Next();
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  steps.Next();
  if (!unreadable.ok()) return unreadable;
  const bool left = method.server_streaming() && status.error_code() == grpc::StatusCode::CANCELLED;
  if (!status.ok() && !left) return rpc::FromGrpc(status);
  return answers;
}

}  // namespace tonghu::system_test
