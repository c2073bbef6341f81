#include "services/tonghuctl/client.h"

#include <google/protobuf/descriptor.h>

#include <vector>

#include "absl/strings/str_split.h"
#include "libs/clock/waker.h"
#include "libs/rpc/errors.h"
#include "libs/rpc/server.h"

namespace tonghu::tonghuctl {
namespace {

constexpr int kRetries = 3;
constexpr absl::Duration kFirstPause = absl::Milliseconds(200);  // doubled each time

}  // namespace

std::string Client::ServiceOf(const std::string& full_name) {
  const std::vector<std::string> parts = absl::StrSplit(full_name, '.');
  return parts.size() > 1 ? parts[1] : full_name;
}

int Client::CountOf(const google::protobuf::Message& page) {
  const auto& type = *page.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->is_repeated()) return page.GetReflection()->FieldSize(page, type.field(i));
  }
  return 0;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Client::ChannelTo(const std::string& service) {
  if (!endpoints_.ok()) return endpoints_.status();
  auto addresses = endpoints_->AddressesOf(service);
  if (!addresses.ok()) return addresses.status();
  absl::MutexLock lock(&mutex_);
  auto& channel = channels_[service];
  if (channel == nullptr) channel = rpc::Dial(*addresses, seen_);
  return channel;
}

absl::Status Client::Try(const std::function<grpc::Status(grpc::ClientContext&)>& call,
                         std::optional<absl::Duration> timeout) {
  const absl::Time deadline = clock::MonotonicNow() + timeout.value_or(timeout_);
  absl::Duration pause = kFirstPause;
  for (int retry = 0;; ++retry) {
    const auto context = rpc::WithDeadline(deadline - clock::MonotonicNow());
    const absl::Status status = rpc::FromGrpc(call(*context));
    if (!absl::IsUnavailable(status) || retry == kRetries || clock::MonotonicNow() + pause >= deadline)
      return status;
    absl::SleepFor(pause);
    pause *= 2;
  }
}

}  // namespace tonghu::tonghuctl
