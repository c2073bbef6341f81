#include "libs/rpc/errors.h"

#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/refusal/refusal.h"

namespace tonghu::rpc {
namespace {

google::rpc::Status Rich(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  return rich;
}

template <class Detail>
Detail Only(const grpc::Status& status) {
  Detail found;
  int count = 0;
  const google::rpc::Status rich = Rich(status);
  for (const auto& detail : rich.details()) count += detail.UnpackTo(&found);
  EXPECT_EQ(count, 1) << Detail::descriptor()->full_name();
  return found;
}

TEST(ToGrpcTest, ARefusalCarriesAllItsDetails) {
  const grpc::Status status = ToGrpc(refusal::Invalid(
      "BIRTH_DATE_IN_FUTURE", "child.birth_date", "the birth date is in the future", "出生日期晚于今天。"));
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "the birth date is in the future");
  EXPECT_EQ(Rich(status).code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(Rich(status).message(), status.error_message());
  const auto info = Only<google::rpc::ErrorInfo>(status);
  EXPECT_EQ(info.reason(), "BIRTH_DATE_IN_FUTURE");
  EXPECT_EQ(info.domain(), "tonghu");
  EXPECT_EQ(info.metadata().at("field"), "child.birth_date");
  const auto bad = Only<google::rpc::BadRequest>(status);
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "child.birth_date");
  const auto localized = Only<google::rpc::LocalizedMessage>(status);
  EXPECT_EQ(localized.locale(), "zh-CN");
  EXPECT_EQ(localized.message(), "出生日期晚于今天。");
}

TEST(ToGrpcTest, FaultsAreNotShown) {
  for (const auto& fault : {absl::InternalError("password=1"), absl::UnknownError("password=1"),
                            absl::DataLossError("password=1")}) {
    EXPECT_TRUE(IsFault(fault));
    const grpc::Status status = ToGrpc(fault);
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(fault.code()));
    EXPECT_EQ(status.error_message(), "internal error");
    EXPECT_EQ(status.error_details().find("password"), std::string::npos);
    EXPECT_FALSE(Only<google::rpc::LocalizedMessage>(status).message().empty());
  }
}

TEST(ToGrpcTest, OtherStatusesGetTheReasonOfTheirCode) {
  const grpc::Status status = ToGrpc(absl::UnavailableError("registry can't be reached"));
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "registry can't be reached");
  EXPECT_EQ(Only<google::rpc::ErrorInfo>(status).reason(), "UNAVAILABLE");
  EXPECT_EQ(Only<google::rpc::LocalizedMessage>(status).message(), "服务暂时不可用，请稍后重试。");
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
}

TEST(ToGrpcTest, LongOrBrokenTextsAreMadeToFit) {
  const std::string zh(3000, 'x');
  const grpc::Status status =
      ToGrpc(refusal::Invalid("R", std::string(9000, 'f'), std::string(9000, '\xff'), zh));
  EXPECT_LE(status.error_message().size() * 3 + status.error_details().size() * 4 / 3, 7000u);
  EXPECT_EQ(status.error_message().find('\xff'), std::string::npos);
}

TEST(FromGrpcTest, IsTheInverse) {
  const absl::Status refusals[] = {refusal::Invalid("R", "a.b", "m", "z"),
                                   refusal::NotFound("R", "", "m", "z"),
                                   refusal::Make({absl::StatusCode::kInternal, "R", "", "m", "z"})};
  for (const absl::Status& status : refusals) {
    const absl::Status back = FromGrpc(ToGrpc(status));
    EXPECT_EQ(back, status) << back;
    EXPECT_TRUE(refusal::IsRefusal(back));
  }
  const absl::Status plain = absl::UnavailableError("no");
  EXPECT_EQ(FromGrpc(ToGrpc(plain)), plain);
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(FromGrpcTest, ForeignOrBrokenDetailsAreLeftOut) {
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::ABORTED, "m", "\xff\xff")), absl::AbortedError("m"));
  google::rpc::Status rich;
  google::rpc::ErrorInfo info;
  info.set_reason("X");
  info.set_domain("elsewhere");
  (*info.mutable_metadata())["field"] = "f";
  rich.add_details()->PackFrom(info);
  EXPECT_EQ(FromGrpc(grpc::Status(grpc::ABORTED, "m", rich.SerializeAsString())), absl::AbortedError("m"));
}

}  // namespace
}  // namespace tonghu::rpc
