// The service of passage_service.proto, and an access that knows the tokens "good" and "good-too".
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "libs/clock/clock.h"
#include "libs/clock/timestamp.h"
#include "libs/clock/waker.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "services/gateway/testing/passage_service.grpc.pb.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"

namespace tonghu::gateway::testing {

// Counts what happened. Thread-safe.
class PassageService final : public passage::v1::PassageService::Service {
 public:
  using Request = passage::v1::PassageRequest;
  using Reply = passage::v1::PassageReply;

  std::atomic<int> started{0};
  std::atomic<int> cancelled{0};
  std::atomic<int> written{0};
  std::atomic<int> streams{0};
  std::atomic<int> gathered{0};  // requests that Gather has read

  grpc::Status Look(grpc::ServerContext* context, const Request* request, Reply* reply) override {
    return Answer(*context, *request, *reply);
  }
  grpc::Status Change(grpc::ServerContext* context, const Request* request, Reply* reply) override {
    return Answer(*context, *request, *reply);
  }
  grpc::Status Watch(grpc::ServerContext* context, const Request* request,
                     grpc::ServerWriter<Reply>* writer) override {
    ++streams;
    context->AddInitialMetadata("x-begin", "begun");
    writer->SendInitialMetadata();
    Reply reply;
    const grpc::Status status = Answer(*context, *request, reply);
    bool over = false;
    for (int i = 0; (request->count() <= 0 || i < request->count()) && !context->IsCancelled(); ++i) {
      reply.set_text(absl::StrCat(request->text(), i));
      if (request->size() == 0 && (request->count() == 0 || (request->count() < 0 && i > 0))) {
        absl::SleepFor(absl::Milliseconds(5));
        continue;
      }
      // A write fails when the call is over, a moment before IsCancelled says so.
      over = !writer->Write(reply);
      if (over) break;
      ++written;
    }
    if (over || context->IsCancelled()) ++cancelled;
    --streams;
    return status;
  }
  grpc::Status Gather(grpc::ServerContext* context, grpc::ServerReader<Request>* reader,
                      Reply* reply) override {
    ++streams;
    Request request, last;
    std::string text;
    while (reader->Read(&request)) {
      ++gathered;
      text += request.text();
      last = request;
      if (request.at_once()) break;
      Delay(*context, absl::Milliseconds(request.delay_ms()));
      last.clear_delay_ms();
    }
    // Reads end with a call that is cancelled a moment before IsCancelled says so.
    if (!request.at_once()) Delay(*context, absl::Milliseconds(200));
    const grpc::Status status = Answer(*context, last, *reply);
    reply->set_text(text);
    --streams;
    return status;
  }
  grpc::Status Return(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<Reply, Request>* stream) override {
    std::vector<Request> all;
    for (Request request; stream->Read(&request);) all.push_back(request);
    grpc::Status status;
    for (const Request& request : all) {
      Reply reply;
      status = Answer(*context, request, reply);
      if (status.ok()) stream->Write(reply);
    }
    return status;
  }
  grpc::Status Open(grpc::ServerContext* context, const Request* request, Reply* reply) override {
    const grpc::Status status = Answer(*context, *request, *reply);
    reply->set_session_token("good");
    return status;
  }
  grpc::Status Renew(grpc::ServerContext* context, const Request* request, Reply* reply) override {
    const grpc::Status status = Answer(*context, *request, *reply);
    reply->set_session_token(request->text() == "new" ? "good-too" : "");
    reply->set_text(request->session_token());
    return status;
  }
  grpc::Status Close(grpc::ServerContext* context, const Request* request, Reply* reply) override {
    return Answer(*context, *request, *reply);
  }
  grpc::Status Hidden(grpc::ServerContext*, const Request*, Reply*) override { return grpc::Status::OK; }
  grpc::Status Unruled(grpc::ServerContext*, const Request*, Reply*) override { return grpc::Status::OK; }

 private:
  static void Delay(grpc::ServerContext& context, absl::Duration time) {
    const absl::Time until = clock::MonotonicNow() + time;
    while (clock::MonotonicNow() < until && !context.IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
  }
  grpc::Status Answer(grpc::ServerContext& context, const Request& request, Reply& reply) {
    ++started;
    Delay(context, absl::Milliseconds(request.delay_ms()));
    if (context.IsCancelled()) ++cancelled;
    reply.set_text(request.text());
    reply.set_filler(std::string(request.size(), 'x'));
    for (const auto& [name, value] : context.client_metadata())
      (*reply.mutable_metadata())[std::string(name.data(), name.size())] =
          absl::EndsWith(std::string(name.data(), name.size()), "-bin")
              ? "binary"
              : std::string(value.data(), value.size());
    const auto left = context.deadline() - std::chrono::system_clock::now();
    if (left < std::chrono::hours(24))
      reply.set_timeout_ms(std::chrono::duration_cast<std::chrono::milliseconds>(left).count());
    context.AddTrailingMetadata("tonghu-position", "passage/1:7");
    context.AddTrailingMetadata("x-secret", "stays inside");
    if (request.code() == 0) return grpc::Status::OK;
    return rpc::ToGrpc(refusal::Make({static_cast<absl::StatusCode>(request.code()), "TOLD_TO_FAIL", "text",
                                      "told to fail", "按要求失败"}));
  }
};

class AccessService final : public access::v1::SessionService::Service {
 public:
  absl::Duration reuse = absl::Seconds(5);  // of an identity; set before the first call
  std::atomic<int> asked{0};
  std::atomic<bool> over{false};
  std::atomic<bool> away{false};
  std::atomic<bool> officer{false};  // what the caller is: an officer, or a helper
  std::atomic<int> children{0};      // whom the caller may see
  std::atomic<int> federated{0};
  access::v1::CreateFederatedSessionRequest last_federated;  // read when no call is under way

  // Knows the subject "zhangsan".
  grpc::Status CreateFederatedSession(grpc::ServerContext*,
                                      const access::v1::CreateFederatedSessionRequest* request,
                                      access::v1::Session* session) override {
    ++federated;
    last_federated = *request;
    if (request->subject() != "zhangsan") {
      return rpc::ToGrpc(refusal::Make({absl::StatusCode::kUnauthenticated, "SUBJECT_NOT_BOUND", "",
                                        "no account is bound", "您的统一身份认证账号尚未绑定本系统账号"}));
    }
    session->set_session_token("good");
    return grpc::Status::OK;
  }

  grpc::Status IssueIdentity(grpc::ServerContext*, const access::v1::IssueIdentityRequest* request,
                             access::v1::IssueIdentityResponse* response) override {
    ++asked;
    if (away) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
    if (over || !absl::StartsWith(request->token(), "good")) {
      return rpc::ToGrpc(refusal::Make({absl::StatusCode::kUnauthenticated, "SESSION_OVER", "",
                                        "the session is over", "登录已失效，请重新登录。"}));
    }
    access::v1::Identity identity;
    identity.set_actor(absl::StrCat("counties/520203/accounts/", request->token()));
    access::v1::Right& right = *identity.add_rights();
    right.set_role(officer ? access::v1::ROLE_COUNTY_OFFICER : access::v1::ROLE_HELPER);
    for (int i = 0; i < children; ++i)
      right.mutable_area()->add_child_ids("01980000-0000-7000-8000-000000000000");
    identity.set_audience(request->audience());
    identity.set_address(request->address());
    identity.set_purpose(request->purpose());
    *response->mutable_identity()->mutable_identity() = identity.SerializeAsString();
    *response->mutable_reuse_until() = clock::ToTimestamp(clock::SystemClock().Now() + reuse);
    return grpc::Status::OK;
  }
};

}  // namespace tonghu::gateway::testing
