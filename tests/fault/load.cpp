#include "tests/fault/load.h"

#include <fmt/core.h>

#include "absl/time/clock.h"
#include "libs/journal/event_row.h"
#include "libs/postgres/connection.h"

namespace tonghu::fault {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);  // of one caller with one contact
constexpr absl::Duration kCall = absl::Seconds(15);
constexpr int kLastClass = 50;  // within a grade, as the registry accepts it

}  // namespace

Load::Load(Province& province, uint64_t seed, int threads) : province_(province) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i, seed] { Work(i, seed + i); });
  threads_.emplace_back([this, seed] { MoveChildren(seed); });
}

void Load::Stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Load::AwaitMore(int count, absl::Duration patience) const {
  const int goal = acknowledged_ + count;
  const absl::Time end = absl::Now() + patience;
  while (acknowledged_ < goal) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

void Load::Work(int thread, uint64_t seed) {
  std::mt19937_64 random(seed);
  for (int n = 0; !stopping_; ++n) {
    const size_t child = random() % province_.paired().size();
    const Paired& pair = province_.paired()[child];
    pairing::v1::CreateContactRequest request;
    request.set_parent("counties/" + pair.county);
    request.set_request_id(fmt::format("load-{}-{}-{}", seed, thread, n));
    auto* contact = request.mutable_contact();
    contact->set_child(pair.child);
    contact->set_helper(pair.helper);
    // One child in three is never talked with, so that there are duties to be missed.
    contact->set_kind(child % 3 != 0 && random() % 4 == 0 ? pairing::v1::CONTACT_KIND_TALK
                                                          : pairing::v1::CONTACT_KIND_PARENT_CALL);
    contact->set_note(request.request_id());
    journal::SetTime(province_.stack().clock().Now(), contact->mutable_happen_time());
    Record(request);
    if (n % 5 == 0) Record(request);  // somebody clicks twice
  }
}

// A child's class number only grows.
void Load::MoveChildren(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int> class_of(province_.paired().size(), 1);
  int64_t moves_left = static_cast<int64_t>(class_of.size()) * (kLastClass - 1);
  while (!stopping_ && moves_left > 0) {
    const size_t child = random() % class_of.size();
    if (class_of[child] == kLastClass) continue;
    const int class_number = ++class_of[child];
    --moves_left;
    const Paired& pair = province_.paired()[child];
    registry::v1::UpdateChildRequest request;
    request.mutable_child()->set_name(pair.child);
    request.mutable_child()->set_class_number(class_number);
    request.mutable_update_mask()->add_paths("class_number");
    for (absl::Status moved = absl::UnavailableError(""); !moved.ok() && !stopping_;) {
      auto context = rpc::WithDeadline(kCall);
      registry::v1::Child child;
      moved = rpc::FromGrpc(province_.clients().children->UpdateChild(context.get(), request, &child));
      if (moved.ok() || postgres::IsTransient(moved)) continue;
      absl::MutexLock lock(&mutex_);
      surprises_.push_back(fmt::format("{} to class {}: {}", pair.child, class_number, moved.ToString()));
      return;
    }
  }
}

void Load::Record(const pairing::v1::CreateContactRequest& request) {
  const absl::Time end = absl::Now() + kPatience;
  for (;;) {
    auto context = rpc::WithDeadline(kCall);
    pairing::v1::Contact contact;
    const absl::Status status =
        rpc::FromGrpc(province_.clients().contacts->CreateContact(context.get(), request, &contact));
    absl::MutexLock lock(&mutex_);
    if (status.ok()) {
      const auto [told, first] = told_.emplace(request.request_id(), contact.name());
      if (first) {
        ++acknowledged_;
      } else if (told->second != contact.name()) {
        surprises_.push_back(fmt::format("{}: first {}, then {}", told->first, told->second, contact.name()));
      }
      return;
    }
    if (!postgres::IsTransient(status) && !absl::IsResourceExhausted(status)) {
      surprises_.push_back(fmt::format("{}: {}", request.request_id(), status.ToString()));
      return;
    }
    if (absl::Now() > end) {
      unknown_.push_back(request.request_id());
      return;
    }
  }
}

}  // namespace tonghu::fault
