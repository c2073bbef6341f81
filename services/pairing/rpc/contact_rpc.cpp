#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
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
  out->Clear();
  if (result.ok()) {
    *out->mutable_contact() = *result;
    return;
  }
  const refusal::Refusal why = rpc::Shown(result.status());
  out->mutable_error()->set_code(static_cast<int32_t>(why.code));
  out->mutable_error()->set_reason(why.reason);
  out->mutable_error()->set_field(why.field);
  out->mutable_error()->set_message(why.message_zh);
}

// A batch on its way: each contact is a command of its own; the last one answered finishes the call.
class BatchCall : public std::enable_shared_from_this<BatchCall> {
 public:
  BatchCall(ContactCommandHandler& handler, Context* context, const v1::BatchCreateContactsRequest* request,
            v1::BatchCreateContactsResponse* response)
      : handler_(handler),
        context_(context),
        request_(request),
        response_(response),
        reactor_(context->DefaultReactor()),
        county_(*ids::ParseParent(request->parent(), "parent")) {}

  Reactor* Begin() {
    for (int i = 0; i < request_->requests_size(); ++i) response_->add_results();
    handler_.executor().gate()->Enter(*context_, {handler_.urgency(), request_->ByteSizeLong()},
                                      [self = shared_from_this()](const absl::Status& entered) {
                                        std::vector<int> all(self->request_->requests_size());
                                        std::iota(all.begin(), all.end(), 0);
                                        entered.ok() ? self->Decide(std::move(all))
                                                     : self->reactor_->Finish(rpc::ToGrpc(entered));
                                      });
    return reactor_;
  }

 private:
  void Decide(std::vector<int> some) {
    left_ = static_cast<int>(some.size());
    for (const int i : some) {
      v1::CreateContactRequest one = request_->requests(i);
      one.set_parent(request_->parent());  // the same body as if it had come alone
      const std::string id = one.request_id();
      handler_.Submit({county_, id, [context = context_] { return journal::IsWanted(*context); }},
                      std::move(one),
                      [self = shared_from_this(), i](absl::StatusOr<v1::Contact> result, int64_t position) {
                        self->Decided(i, result, position);
                      });
    }
  }

  void Decided(int i, const absl::StatusOr<v1::Contact>& result, int64_t position) {
    handler_.executor().Report(handler_, county_, result.status());
    Fill(result, response_->mutable_results(i));
    {
      absl::MutexLock lock(&mutex_);
      position_ = std::max(position_, position);
      if (!refusal::OwnerOf(result.status()).empty()) {
        unheard_.push_back(i);
        unheard_status_ = result.status();
      }
    }
    if (left_.fetch_sub(1) == 1) AskOrFinish();
  }

  // Contacts of children that may only not have been heard of are decided a second time.
  void AskOrFinish() {
    std::vector<int> again;
    absl::Status unheard;
    {
      absl::MutexLock lock(&mutex_);
      unheard = unheard_status_;
      if (!std::exchange(asked_, true)) again = std::exchange(unheard_, {});
    }
    if (again.empty()) return Finish();
    handler_.executor().gate()->Ask(unheard, *request_,
                                    [self = shared_from_this(), again](const absl::Status& asked) {
                                      if (asked.ok()) return self->Decide(again);
                                      for (const int i : again)
                                        Fill(asked, self->response_->mutable_results(i));
                                      self->Finish();
                                    });
  }

  void Finish() {
    {
      absl::MutexLock lock(&mutex_);
      if (position_ > 0) rpc::AddPosition(*context_, handler_.executor().PositionOf(county_, position_));
    }
    reactor_->Finish(grpc::Status::OK);
  }

  ContactCommandHandler& handler_;
  Context* const context_;
  const v1::BatchCreateContactsRequest* const request_;
  v1::BatchCreateContactsResponse* const response_;
  Reactor* const reactor_;
  const std::string county_;
  std::atomic<int> left_ = 0;
  absl::Mutex mutex_;
  std::vector<int> unheard_ ABSL_GUARDED_BY(mutex_);
  absl::Status unheard_status_ ABSL_GUARDED_BY(mutex_);
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t position_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

ContactRpc::ContactRpc(journal::Node& node)
    : node_(node), create_(node.executor(), "CreateContact", LogContacts(node.ids())) {}

Reactor* ContactRpc::CreateContact(Context* context, const v1::CreateContactRequest* request,
                                   v1::Contact* response) {
  return journal::RunCommand(create_, context, request, response,
                             ids::ParseParent(request->parent(), "parent"));
}

Reactor* ContactRpc::BatchCreateContacts(Context* context, const v1::BatchCreateContactsRequest* request,
                                         v1::BatchCreateContactsResponse* response) {
  const absl::StatusOr<std::string> county = ids::ParseParent(request->parent(), "parent");
  const absl::Status checked = county.ok() ? CheckBatch(*request) : county.status();
  if (!checked.ok()) return rpc::Finish<v1::BatchCreateContactsResponse>(context, checked, response);
  return std::make_shared<BatchCall>(create_, context, request, response)->Begin();
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
