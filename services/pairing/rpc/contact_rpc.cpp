#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "services/pairing/postgres/queries.h"
#include "services/pairing/rpc/pairing_rpc.h"
#include "services/pairing/rpc/read.h"

namespace tonghu::pairing {
namespace {

constexpr int kLargestBatch = 1000;

absl::Status CheckBatch(const v1::BatchCreateContactsRequest& request) {
  if (absl::Status text = rpc::CheckText(request); !text.ok()) return text;
  if (request.requests_size() < 1 || request.requests_size() > kLargestBatch) {
    return refusal::Invalid("BATCH_SIZE", "requests", "a batch has 1 to 1000 contacts",
                            "每批应为1至1000条联系记录");
  }
  for (int i = 0; i < request.requests_size(); ++i) {
    const auto& one = request.requests(i);
    if (!one.parent().empty() && one.parent() != request.parent()) {
      return refusal::Invalid("COUNTY_MISMATCH", absl::StrCat("requests[", i, "].parent"),
                              "all contacts of a batch are of one county", "同一批记录须属于同一个县");
    }
    if (absl::Status checked = journal::CheckRequestId(one.request_id()); !checked.ok()) return checked;
  }
  return absl::OkStatus();
}

void Fill(const absl::StatusOr<v1::Contact>& result, v1::CreateContactResult* out) {
  if (result.ok()) {
    *out->mutable_contact() = *result;
    return;
  }
  const absl::Status shown =
      rpc::FromGrpc(rpc::ToGrpc(result.status()));  // with the Chinese sentence, without internals
  const refusal::Refusal why = refusal::Of(shown);
  out->mutable_error()->set_code(static_cast<int32_t>(why.code));
  out->mutable_error()->set_reason(why.reason);
  out->mutable_error()->set_field(why.field);
  out->mutable_error()->set_message(why.message_zh);
}

}  // namespace

ContactRpc::ContactRpc(journal::Node& node)
    : node_(node), create_(node.writer(), "CreateContact", LogContacts(node.ids())) {}

Reactor* ContactRpc::CreateContact(Context* context, const v1::CreateContactRequest* request,
                                   v1::Contact* response) {
  return journal::RunCommand(create_, context, request, response,
                             ids::ParseParent(request->parent(), "parent"));
}

// Each contact is a command of its own; the last one answered finishes the call.
Reactor* ContactRpc::BatchCreateContacts(Context* context, const v1::BatchCreateContactsRequest* request,
                                         v1::BatchCreateContactsResponse* response) {
  const absl::StatusOr<std::string> county = ids::ParseParent(request->parent(), "parent");
  absl::Status checked = county.ok() ? CheckBatch(*request) : county.status();
  if (!checked.ok()) return rpc::Finish<v1::BatchCreateContactsResponse>(context, checked, response);
  Reactor* reactor = context->DefaultReactor();
  auto left = std::make_shared<std::atomic<int>>(request->requests_size());
  response->mutable_results()->Reserve(request->requests_size());
  for (int i = 0; i < request->requests_size(); ++i) response->add_results();
  for (int i = 0; i < request->requests_size(); ++i) {
    v1::CreateContactRequest one = request->requests(i);
    one.set_parent(request->parent());  // the same body as if it had come alone
    create_.Submit(*county, request->requests(i).request_id(), std::move(one),
                   [reactor, left, out = response->mutable_results(i)](absl::StatusOr<v1::Contact> result) {
                     Fill(result, out);
                     if (left->fetch_sub(1) == 1) reactor->Finish(grpc::Status::OK);
                   });
  }
  return reactor;
}

Reactor* ContactRpc::GetContact(Context* context, const v1::GetContactRequest* request,
                                v1::Contact* response) {
  return ReadNamed(node_, context, request, response, "contacts", ReadContact);
}

Reactor* ContactRpc::ListContacts(Context* context, const v1::ListContactsRequest* request,
                                  v1::ListContactsResponse* response) {
  return ReadList(node_, context, request, response, pairing::ListContacts);
}

}  // namespace tonghu::pairing
