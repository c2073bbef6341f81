// Pairing's gRPC services: unpack, call the use case, answer.
#pragma once

#include "libs/journal/command.h"
#include "libs/journal/node.h"
#include "services/pairing/app/duties.h"
#include "services/pairing/app/log_contacts.h"
#include "services/pairing/app/pairings.h"
#include "tonghu/pairing/v1/calendar_service.grpc.pb.h"
#include "tonghu/pairing/v1/contact_service.grpc.pb.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"
#include "tonghu/pairing/v1/pairing_service.grpc.pb.h"

namespace tonghu::pairing {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class PairingRpc final : public v1::PairingService::CallbackService {
 public:
  explicit PairingRpc(journal::Node& node);
  Reactor* CreatePairing(Context* context, const v1::CreatePairingRequest* request,
                         v1::Pairing* response) override;
  Reactor* HandOverPairing(Context* context, const v1::HandOverPairingRequest* request,
                           v1::Pairing* response) override;
  Reactor* EndPairing(Context* context, const v1::EndPairingRequest* request, v1::Pairing* response) override;
  Reactor* PairByClass(Context* context, const v1::PairByClassRequest* request,
                       v1::PairByClassResponse* response) override;
  Reactor* GetPairing(Context* context, const v1::GetPairingRequest* request, v1::Pairing* response) override;
  Reactor* ListPairings(Context* context, const v1::ListPairingsRequest* request,
                        v1::ListPairingsResponse* response) override;
  Reactor* ListUncoveredChildren(Context* context, const v1::ListUncoveredChildrenRequest* request,
                                 v1::ListUncoveredChildrenResponse* response) override;

 private:
  journal::Node& node_;
  CreatePairingCommandHandler create_;
  HandOverPairingCommandHandler hand_over_;
  EndPairingCommandHandler end_;
  PairByClassCommandHandler by_class_;
};

class DutyRpc final : public v1::DutyService::CallbackService {
 public:
  explicit DutyRpc(journal::Node& node);
  Reactor* GetDuty(Context* context, const v1::GetDutyRequest* request, v1::Duty* response) override;
  Reactor* ListDuties(Context* context, const v1::ListDutiesRequest* request,
                      v1::ListDutiesResponse* response) override;
  Reactor* ExcuseDuty(Context* context, const v1::ExcuseDutyRequest* request, v1::Duty* response) override;

 private:
  journal::Node& node_;
  ExcuseDutyCommandHandler excuse_;
};

class CalendarRpc final : public v1::CalendarService::CallbackService {
 public:
  explicit CalendarRpc(journal::Node& node);
  Reactor* PutSchoolCalendar(Context* context, const v1::PutSchoolCalendarRequest* request,
                             v1::SchoolCalendar* response) override;
  Reactor* DeleteSchoolCalendar(Context* context, const v1::DeleteSchoolCalendarRequest* request,
                                v1::DeleteSchoolCalendarResponse* response) override;
  Reactor* ListSchoolCalendars(Context* context, const v1::ListSchoolCalendarsRequest* request,
                               v1::ListSchoolCalendarsResponse* response) override;
  Reactor* GetSchoolCalendar(Context* context, const v1::GetSchoolCalendarRequest* request,
                             v1::SchoolCalendar* response) override;
  Reactor* PutTalkPolicy(Context* context, const v1::PutTalkPolicyRequest* request,
                         v1::TalkPolicy* response) override;
  Reactor* GetTalkPolicy(Context* context, const v1::GetTalkPolicyRequest* request,
                         v1::TalkPolicy* response) override;

 private:
  journal::Node& node_;
  PutCalendarCommandHandler put_calendar_;
  DeleteCalendarCommandHandler delete_calendar_;
  PutPolicyCommandHandler put_policy_;
};

class ContactRpc final : public v1::ContactService::CallbackService {
 public:
  explicit ContactRpc(journal::Node& node);
  Reactor* CreateContact(Context* context, const v1::CreateContactRequest* request,
                         v1::Contact* response) override;
  Reactor* BatchCreateContacts(Context* context, const v1::BatchCreateContactsRequest* request,
                               v1::BatchCreateContactsResponse* response) override;
  Reactor* GetContact(Context* context, const v1::GetContactRequest* request, v1::Contact* response) override;
  Reactor* ListContacts(Context* context, const v1::ListContactsRequest* request,
                        v1::ListContactsResponse* response) override;

 private:
  journal::Node& node_;
  ContactCommandHandler create_;
};

}  // namespace tonghu::pairing
