#include "services/pairing/app/duties.h"
#include "services/pairing/postgres/queries.h"
#include "services/pairing/rpc/services.h"
#include "tonghu/pairing/v1/duty_service.grpc.pb.h"

namespace tonghu::pairing {

std::unique_ptr<journal::Service> OfferDuties(journal::Node& node) {
  auto duties = node.Offer<v1::DutyService>();
  duties->Command<v1::ExcuseDutyRequest, v1::Duty>("ExcuseDuty", ExcuseDuties);
  duties->Answer<v1::GetDutyRequest, v1::Duty>("GetDuty", ReadDuty);
  duties->Answer("ListDuties", ListDuties);
  return duties;
}

}  // namespace tonghu::pairing
