#include "services/pairing/app/log_contacts.h"

#include "absl/strings/str_cat.h"
#include "libs/ids/names.h"
#include "libs/journal/event_row.h"
#include "services/pairing/domain/refusals.h"
#include "services/pairing/events/said.h"
#include "services/pairing/postgres/contact_store.h"

namespace tonghu::pairing {
namespace {

// A command in this service's terms.
struct Parsed {
  std::string county;
  Contact contact;
};

absl::StatusOr<Parsed> Parse(const std::string& county, const v1::CreateContactRequest& request) {
  auto child = ids::ParseName(request.contact().child(), "children", "contact.child");
  if (!child.ok()) return child.status();
  auto helper = ids::ParseName(request.contact().helper(), "staffMembers", "contact.helper");
  if (!helper.ok()) return helper.status();
  if (child->county != county || helper->county != county) return OtherCounty("contact.child");
  Parsed parsed{county,
                {child->id, helper->id, static_cast<ContactKind>(request.contact().kind()),
                 absl::InfinitePast(), request.contact().note()}};
  if (request.contact().has_happen_time())
    parsed.contact.happen_time = journal::ToTime(request.contact().happen_time());
  return parsed;
}

// The decisions of one batch, to be stored together.
struct Outcome {
  std::vector<ContactRow> contacts;
  std::vector<ClosedDuty> closed;
};

v1::Contact Reply(const ContactRow& row, const v1::Contact& request) {
  v1::Contact reply = request;
  reply.set_name(absl::StrCat("counties/", row.county, "/contacts/", row.contact_id));
  journal::SetTime(row.report_time, reply.mutable_report_time());
  reply.set_closed_duty(row.closed_duty_id.empty()
                            ? ""
                            : absl::StrCat("counties/", row.county, "/duties/", row.closed_duty_id));
  return reply;
}

// Records one contact in `outcome` and in the child's duties, so that later contacts of the batch see it.
ContactRow Record(journal::ShardTransaction& transaction, const Parsed& parsed, ChildState& child,
                  const TalkPolicy& policy, std::string contact_id, Outcome& outcome) {
  const absl::Time now = transaction.now();
  ContactRow row{parsed.county,
                 std::move(contact_id),
                 parsed.contact.child_id,
                 parsed.contact.helper_id,
                 parsed.contact.kind,
                 parsed.contact.happen_time,
                 now,
                 parsed.contact.note,
                 ""};
  const std::optional<Closing> closing = CloseDuty(parsed.contact, child.duties, policy, now);
  if (closing.has_value()) {
    Duty& duty = child.duties[closing->duty];
    duty.state = closing->state;
    row.closed_duty_id = duty.duty_id;
    outcome.closed.push_back(
        {parsed.county, duty.duty_id, closing->state, row.contact_id, closing->reported_late});
  }
  SayContactLogged(transaction, row, closing, closing.has_value() ? &child.duties[closing->duty] : nullptr,
                   child.place);
  outcome.contacts.push_back(row);
  return row;
}

}  // namespace

absl::Status LogContacts::operator()(journal::ShardTransaction& transaction, ContactLane::Slots slots) const {
  std::vector<Parsed> parsed(slots.size());
  std::vector<ContactKey> keys;
  std::vector<size_t> open;  // slots that parse; keys[i] belongs to open[i]
  for (size_t i = 0; i < slots.size(); ++i) {
    auto one = Parse(*slots[i].county, *slots[i].request);
    if (!one.ok()) {
      *slots[i].reply = one.status();
      continue;
    }
    parsed[i] = std::move(*one);
    const Contact& contact = parsed[i].contact;
    keys.push_back({parsed[i].county, contact.child_id, contact.helper_id, contact.happen_time});
    open.push_back(i);
  }
  if (open.empty()) return absl::OkStatus();
  auto context = LoadContactContext(transaction.db(), keys);
  if (!context.ok()) return context.status();

  Outcome outcome;
  for (size_t k = 0; k < open.size(); ++k) {
    const auto& slot = slots[open[k]];
    const Parsed& one = parsed[open[k]];
    const auto child = context->children.find(ChildKey(one.county, one.contact.child_id));
    if (child == context->children.end()) {
      *slot.reply = UnknownChild("contact.child");
      continue;
    }
    if (absl::Status checked = CheckContact(one.contact, context->spans[k], transaction.now());
        !checked.ok()) {
      *slot.reply = checked;
      continue;
    }
    const ContactRow row = Record(transaction, one, child->second, context->policies[one.county],
                                  ids_.Next(transaction.now()), outcome);
    *slot.reply = Reply(row, slot.request->contact());
  }
  if (outcome.contacts.empty()) return absl::OkStatus();
  if (absl::Status stored = InsertContacts(transaction.db(), outcome.contacts); !stored.ok()) return stored;
  return CloseDuties(transaction.db(), outcome.closed);
}

}  // namespace tonghu::pairing
