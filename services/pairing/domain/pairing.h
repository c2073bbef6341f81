// The words of pairings: in which role, on which ground, and why one ended. Pure.
#pragma once

namespace tonghu::pairing {

// In which role somebody is paired. The numbers are stored and those of tonghu.pairing.v1.PairingRole.
enum class PairingRole {
  kClassTeacher = 1,
  kHelperTeacher = 2,
  kProxyParent = 3,
  kVolunteer = 4,
  kCounsellor = 5,
  kPeer = 6,
  kSocialWorker = 7,
  kSchoolLeader = 8,
  kVillageChildDirector = 9,
};
// On which ground the helper was paired. The numbers are stored and those of tonghu.pairing.v1.PairingBasis.
enum class PairingBasis { kChosen = 1, kClassTeacher = 2 };
// Why a pairing ended. The numbers are stored and those of tonghu.pairing.v1.PairingEndReason.
enum class EndReason {
  kNone = 0,  // the pairing lasts
  kParentReturned = 1,
  kChildMoved = 2,
  kGrownUp = 3,
  kOtherPairing = 4,
  kHandedOver = 5,
};

}  // namespace tonghu::pairing
