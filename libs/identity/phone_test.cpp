#include <gtest/gtest.h>

#include "libs/identity/identity.h"

namespace tonghu::identity {
namespace {

TEST(PhoneTest, AcceptsMobilesAndLandlines) {
  for (const char* phone : {"13800000000", "19912345678", "15400000001", "010-23456789", "0851-2345678",
                            "0851-23456789", "021-63456789"}) {
    EXPECT_TRUE(ValidatePhone(phone).ok()) << phone;
  }
}

TEST(PhoneTest, RefusesTheRestWithoutRepeatingIt) {
  for (const char* phone : {"",
                            "1380000000",
                            "138000000000",
                            "12800000000",
                            "23800000000",
                            "+8613800000000",
                            "138 0000 0000",
                            "138-0000-0000",
                            "1380000000a",
                            "08512345678",
                            "851-2345678",
                            "00-23456789",
                            "000-23456789",
                            "0851-1234567",
                            "0851-234567",
                            "0851-234567890",
                            "0851--2345678",
                            "-",
                            "110",
                            "１３８００００００００",
                            "1.38E+10"}) {
    const absl::Status status = ValidatePhone(phone);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << phone;
    if (std::string_view(phone).size() > 6) {
      EXPECT_EQ(std::string(status.message()).find(phone), std::string::npos) << phone;
    }
  }
}

}  // namespace
}  // namespace tonghu::identity
