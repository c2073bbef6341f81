#include <google/protobuf/empty.pb.h>

#include <utility>

#include "libs/refusal/refusal.h"
#include "libs/status/macros.h"
#include "services/access/app/sessions.h"
#include "services/access/domain/refusals.h"
#include "services/access/rpc/services.h"
#include "tonghu/access/v1/session_service.grpc.pb.h"

namespace tonghu::access {
namespace {

constexpr size_t kLongestWord = 200;  // of an address or a program's name; the rest is cut off

// A word that the gateway says of the caller; empty when it does not.
std::string Said(const rpc::Call& call, const char* key) {
  const auto& metadata = call.context().client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return "";
  std::string word;
  for (const char c : std::string_view(found->second.data(), found->second.size()).substr(0, kLongestWord))
    word += c >= ' ' && c <= '~' ? c : '?';
  return word;
}

From FromOf(const rpc::Call& call) { return {Said(call, "tonghu-address"), Said(call, "tonghu-user-agent")}; }

// A body that runs on workers of its own, so that slow hashes keep no others from being answered.
template <class Request, class Reply>
rpc::Body OnWorkers(rpc::Workers& workers, const Context& context,
                    absl::StatusOr<Reply> (*use_case)(const Context&, const Request&, const From&)) {
  return {.run = [&workers, &context, use_case](
                     const std::shared_ptr<const rpc::Call>& call, const google::protobuf::Message& request,
                     google::protobuf::Message& reply, rpc::Attempt, const rpc::Body::Done& done) {
    const auto work = [&context, use_case, call, &request, &reply, done] {
      if (!call->Wanted())
        return done({absl::CancelledError("the caller left before the sign-in was looked at")});
      auto answer = use_case(context, static_cast<const Request&>(request), FromOf(*call));
      if (answer.ok()) static_cast<Reply&>(reply) = *std::move(answer);
      done({answer.status()});
    };
    if (!workers.Submit(work, request.ByteSizeLong())) done({refusal::ServerBusy()});
  }};
}

// "services/gateway" presents as "gateway"; the operator at the machine as itself.
std::string PresenterOf(const std::string& actor) {
  constexpr std::string_view kServices = "services/";
  return actor.starts_with(kServices) ? actor.substr(kServices.size()) : actor;
}

absl::StatusOr<google::protobuf::Empty> DeleteSession(const Context& context, const std::string& token) {
  ASSIGN_OR_RETURN(auto session, FindLive(context, token, {}));
  RETURN_IF_ERROR(context.sessions.End(session.account.Name(), session.id));
  return google::protobuf::Empty();
}

}  // namespace

std::unique_ptr<journal::Service> OfferSessions(journal::Node& node, const Context& context,
                                                rpc::Workers& passwords) {
  auto sessions = node.Offer<v1::SessionService>();
  sessions->Unary<v1::CreateSessionRequest, v1::Session>("CreateSession",
                                                         OnWorkers(passwords, context, CreateSession));
  sessions->Unary<v1::ChangePasswordRequest, v1::Session>("ChangePassword",
                                                          OnWorkers(passwords, context, ChangePassword));
  sessions->Blocking<v1::VerifySessionRequest, v1::Session>(
      "VerifySession", [&context](const rpc::Call& call, const v1::VerifySessionRequest& request) {
        return VerifySession(context, request, FromOf(call));
      });
  sessions->Blocking<v1::EnrollSecondFactorRequest, v1::EnrollSecondFactorResponse>(
      "EnrollSecondFactor", [&context](const rpc::Call& call, const v1::EnrollSecondFactorRequest& request) {
        return EnrollSecondFactor(context, request, FromOf(call));
      });
  sessions->Blocking<v1::GetSessionRequest, v1::Session>(
      "GetSession",
      [&context](const rpc::Call& call, const v1::GetSessionRequest& request) -> absl::StatusOr<v1::Session> {
        ASSIGN_OR_RETURN(auto session, FindLive(context, request.session_token(), FromOf(call)));
        return MessageOf(session);
      });
  sessions->Blocking<v1::DeleteSessionRequest, google::protobuf::Empty>(
      "DeleteSession", [&context](const rpc::Call&, const v1::DeleteSessionRequest& request) {
        return DeleteSession(context, request.session_token());
      });
  sessions->Blocking<v1::CreateFederatedSessionRequest, v1::Session>(
      "CreateFederatedSession",
      [&context](const rpc::Call& call, const v1::CreateFederatedSessionRequest& request) {
        return CreateFederatedSession(context, request, PresenterOf(call.caller().actor));
      });
  sessions->Blocking<v1::IssueIdentityRequest, v1::IssueIdentityResponse>(
      "IssueIdentity", [&context](const rpc::Call& call, const v1::IssueIdentityRequest& request) {
        return IssueIdentity(context, request, PresenterOf(call.caller().actor));
      });
  return sessions;
}

}  // namespace tonghu::access
