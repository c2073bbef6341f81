#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "libs/clock/timestamp.h"
#include "libs/ids/names.h"
#include "libs/ids/references.h"
#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"
#include "libs/status/macros.h"
#include "services/pairing/app/change_contacts.h"
#include "services/pairing/app/group_contacts.h"
#include "services/pairing/app/log_contacts.h"
#include "services/pairing/app/queries.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/postgres/last_contacts.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"

namespace tonghu::pairing {
namespace {

constexpr int kLargestBatch = 1000;

// Checks what concerns the batch as a whole; each contact is checked by its own command.
absl::Status CheckBatch(const v1::BatchCreateContactsRequest& request) {
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
    // Each contact is a command of its own, and so has a request id of its own.
    RETURN_IF_ERROR(journal::CheckRequestId(one.request_id()));
  }
  return absl::OkStatus();
}

// Puts the outcome of one contact into its place of the answer. A batch is answered OK even when contacts are
// refused, so the sentence is the officer's.
void Fill(absl::StatusOr<v1::Contact> result, v1::CreateContactResult* out) {
  out->Clear();
  if (result.ok()) {
    *out->mutable_contact() = *std::move(result);
    return;
  }
  const refusal::Refusal why = rpc::Shown(result.status());
  out->mutable_error()->set_code(static_cast<int32_t>(why.code));
  out->mutable_error()->set_reason(why.reason);
  out->mutable_error()->set_field(why.field);
  out->mutable_error()->set_message(why.message_zh);
}

// A batch on its way. Each contact is a command of its own, so that each succeeds or fails alone; the last
// one answered finishes the call.
class Batch : public std::enable_shared_from_this<Batch> {
 public:
  // What the batch uses. All live until `done` is called.
  struct Parts {
    rpc::Pipeline& pipeline;
    ContactCommandHandler& handler;
    std::shared_ptr<const rpc::Call> call;
    const v1::BatchCreateContactsRequest& request;
    v1::BatchCreateContactsResponse& response;
    rpc::Body::Done done;
  };
  explicit Batch(Parts parts) : parts_(std::move(parts)) {}

  void Begin() {
    std::vector<int> all(parts_.request.requests_size());
    std::iota(all.begin(), all.end(), 0);
    // All results exist before the first answer: threads then fill different ones, and the list does not grow
    // under them.
    for (size_t i = 0; i < all.size(); ++i) parts_.response.add_results();
    Decide(std::move(all));
  }

 private:
  void Decide(std::vector<int> some) {
    left_ = static_cast<int>(some.size());
    const rpc::Call& call = *parts_.call;
    for (const int i : some) {
      const std::string& id = parts_.request.requests(i).request_id();
      // The handler may answer on another thread before this loop ends: hence left_ is set before it.
      parts_.handler.Submit(
          {call.county(), call.caller().actor, id, [call = parts_.call] { return call->Wanted(); }},
          std::shared_ptr<const v1::CreateContactRequest>(parts_.call, &parts_.request.requests(i)),
          [self = shared_from_this(), i](absl::StatusOr<v1::Contact> result, int64_t position) {
            self->Decided(i, std::move(result), position);
          });
    }
  }

  void Decided(int i, absl::StatusOr<v1::Contact> result, int64_t position) {
    const absl::Status status = result.status();
    // The call itself ends with OK, so a fault of one contact is reported here.
    parts_.pipeline.Report(*parts_.call, status);
    Fill(std::move(result), parts_.response.mutable_results(i));
    {
      absl::MutexLock lock(&mutex_);
      position_ = std::max(position_, position);
      if (!refusal::OwnerOf(status).empty()) {
        unknown_.push_back(i);
        unknown_status_ = status;
      }
    }
    // The last one to count down sees all results: the counter orders the threads' writes.
    if (left_.fetch_sub(1) == 1) AskOrFinish();
  }

  // Finishes the call, or first asks the owner about contacts of unknown children, once, and decides these
  // contacts a second time.
  void AskOrFinish() {
    std::vector<int> again;
    absl::Status unknown;
    {
      absl::MutexLock lock(&mutex_);
      unknown = unknown_status_;
      // Asked once only: after the owner was heard out, an unknown child is unknown.
      if (!std::exchange(asked_, true)) again = std::exchange(unknown_, {});
    }
    if (again.empty()) return Finish();
    parts_.pipeline.gate()->Ask(unknown, {parts_.call->county(), parts_.request.ByteSizeLong()},
                                [self = shared_from_this(), again](const absl::Status& asked) {
                                  if (asked.ok()) return self->Decide(again);
                                  for (const int i : again)
                                    Fill(asked, self->parts_.response.mutable_results(i));
                                  self->Finish();
                                });
  }

  void Finish() {
    int64_t position = 0;
    {
      absl::MutexLock lock(&mutex_);
      position = position_;
    }
    parts_.done({absl::OkStatus(), position});
  }

  const Parts parts_;
  std::atomic<int> left_ = 0;
  absl::Mutex mutex_;
  std::vector<int> unknown_ ABSL_GUARDED_BY(mutex_);
  absl::Status unknown_status_ ABSL_GUARDED_BY(mutex_);
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t position_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The body of BatchCreateContacts. A batch keeps itself alive until its last contact is answered.
rpc::Body InBatches(rpc::Pipeline& pipeline, ContactCommandHandler& handler) {
  return {.run = [&pipeline, &handler](const std::shared_ptr<const rpc::Call>& call,
                                       const google::protobuf::Message& message,
                                       google::protobuf::Message& reply, rpc::Attempt, rpc::Body::Done done) {
    const auto& request = static_cast<const v1::BatchCreateContactsRequest&>(message);
    if (absl::Status checked = CheckBatch(request); !checked.ok()) return done({checked});
    auto& response = static_cast<v1::BatchCreateContactsResponse&>(reply);
    std::make_shared<Batch>(Batch::Parts{pipeline, handler, call, request, response, std::move(done)})
        ->Begin();
  }};
}

// The ids of the children asked for. Errors: refusals.
absl::StatusOr<std::vector<std::string>> ChildrenOf(const std::string& county,
                                                    const v1::BatchGetLastContactsRequest& request) {
  if (request.children_size() < 1 || request.children_size() > kLargestBatch) {
    return refusal::Invalid("CHILDREN_COUNT", "children", "1 to 1000 children are needed",
                            "每次可查询1至1000名儿童，请分批查询。");
  }
  std::vector<std::string> children;
  for (int i = 0; i < request.children_size(); ++i) {
    const std::string field = absl::StrCat("children[", i, "]");
    ASSIGN_OR_RETURN(auto id, ids::IdIn(county, request.children(i), "children", field));
    children.push_back(std::move(id));
  }
  return children;
}

// Children with whom nobody has been in contact are left out of the answer.
absl::StatusOr<v1::BatchGetLastContactsResponse> BatchGetLastContacts(
    postgres::Connection& db, const v1::BatchGetLastContactsRequest& request) {
  ASSIGN_OR_RETURN(auto county, ids::ParseParent(request.parent(), "parent"));
  auto children = ChildrenOf(county, request);
  if (!children.ok()) return children.status();
  ASSIGN_OR_RETURN(auto last, LoadLastContacts(db, county, *children));
  v1::BatchGetLastContactsResponse response;
  for (const LastContact& one : last) {
    v1::LastContact& added = *response.add_last_contacts();
    added.set_child(absl::StrCat(request.parent(), "/children/", one.child_id));
    clock::SetTime(one.happen_time, added.mutable_happen_time());
  }
  return response;
}

}  // namespace

std::unique_ptr<journal::Service> OfferContacts(journal::Node& node) {
  auto contacts = node.Offer<v1::ContactService>();
  auto& create =
      contacts->Command<v1::CreateContactRequest, v1::Contact>("CreateContact", LogContacts(node.ids()),
                                                               {.actors = journal::Actors::kMany,
                                                                .lock = journal::Lock::kByEnter,
                                                                .repeats = journal::Repeats::kOwnRows,
                                                                .checks_children = true});
  contacts->Unary<v1::BatchCreateContactsRequest, v1::BatchCreateContactsResponse>(
      "BatchCreateContacts", InBatches(node.pipeline(), create));
  contacts->Command<v1::CreateGroupContactRequest, v1::CreateGroupContactResponse>(
      "CreateGroupContact", LogGroupContacts(node.ids()));
  contacts->Command<v1::UpdateContactRequest, v1::Contact>("UpdateContact", UpdateContacts);
  contacts->Command<v1::WithdrawContactRequest, v1::Contact>("WithdrawContact", WithdrawContacts);
  contacts->Answer("ListContactVersions", ListContactVersions);
  contacts->Answer<v1::GetContactRequest, v1::Contact>("GetContact", GetContact);
  contacts->Answer("ListContacts", ListContacts);
  contacts->Answer("BatchGetLastContacts", BatchGetLastContacts);
  return contacts;
}

}  // namespace tonghu::pairing
