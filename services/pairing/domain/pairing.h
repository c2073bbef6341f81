// Who looks after which child, and why. Pure.
#pragma once

namespace tonghu::pairing {

// As stored and in tonghu.pairing.v1.PairingRole.
enum class PairingRole { kClassTeacher = 1, kHelperTeacher = 2, kProxyParent = 3 };
// Why it is this helper. As stored and in tonghu.pairing.v1.PairingBasis.
enum class PairingBasis { kChosen = 1, kClassTeacher = 2 };
// Why a pairing ended. As stored and in tonghu.pairing.v1.PairingEndReason.
enum class EndReason {
  kNone = 0,  // it lasts
  kParentReturned = 1,
  kChildMoved = 2,
  kGrownUp = 3,
  kOtherPairing = 4,
  kHandedOver = 5,
};

}  // namespace tonghu::pairing
