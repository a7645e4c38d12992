#include "model/api/errors.h"

#include <gtest/gtest.h>

namespace sdbtwin::api {
namespace {

constexpr GroupResource kPods{"", "pods"};
constexpr GroupResource kPetSets{"apps.k8s.appscode.com", "petsets"};

struct ErrorCase {
  ApiError error;
  Reason reason;
  int code;
  const char* message;
};

// Goal: clients match on these texts; they are the real server's (kubernetes.md 4.1-4.4).
TEST(Errors, SayWhatTheServerSays) {
  const ErrorCase cases[] = {
      {errors::not_found(kPods, "x"), Reason::kNotFound, 404, R"(pods "x" not found)"},
      {errors::not_found(kPetSets, "x"), Reason::kNotFound, 404,
       R"(petsets.apps.k8s.appscode.com "x" not found)"},
      {errors::already_exists(kPods, "x-0"), Reason::kAlreadyExists, 409,
       R"(pods "x-0" already exists)"},
      {errors::already_exists_terminating(kPetSets, "x"), Reason::kAlreadyExists, 409,
       R"(object is being deleted: petsets.apps.k8s.appscode.com "x" already exists)"},
      {errors::already_exists_generated(kPods, "x-0", true), Reason::kAlreadyExists, 409,
       R"(object is being deleted: pods "x-0" already exists, the server was not able to generate )"
       R"(a unique name for the object)"},
      {errors::modified(kPetSets, "x"), Reason::kConflict, 409,
       R"(Operation cannot be fulfilled on petsets.apps.k8s.appscode.com "x": the object has been )"
       R"(modified; please apply your changes to the latest version and try again)"},
      {errors::uid_precondition(kPods, "x", "a", "b"), Reason::kConflict, 409,
       R"(Operation cannot be fulfilled on pods "x": Precondition failed: UID in precondition: a, )"
       R"(UID in object meta: b)"},
      {errors::invalid("", "Pod", "p", {field_error::required("spec.containers")}),
       Reason::kInvalid, 422, R"(Pod "p" is invalid: spec.containers: Required value)"},
      {errors::invalid(
           "kubedb.com", "Singlestore", "db",
           {field_error::invalid("spec.a", "0", "must be positive"),
            field_error::duplicate("spec.b", "\"x\""), field_error::duplicate("spec.b", "\"x\"")}),
       Reason::kInvalid, 422,
       R"(Singlestore.kubedb.com "db" is invalid: [spec.a: Invalid value: 0: must be positive, )"
       R"(spec.b: Duplicate value: "x"])"},
      {errors::forbidden(kPods, "x", "no"), Reason::kForbidden, 403,
       R"(pods "x" is forbidden: no)"},
      {errors::forbidden(kPods, "", "no"), Reason::kForbidden, 403, "pods is forbidden: no"},
      {errors::too_old_resource_version(3, 9), Reason::kExpired, 410,
       "too old resource version: 3 (9)"},
      {errors::too_large_resource_version(9, 3, 1), Reason::kTimeout, 504,
       "Timeout: Too large resource version: 9, current: 3"},
      {errors::request_timeout(), Reason::kTimeout, 504,
       "Timeout: request did not complete within requested timeout - context deadline exceeded"},
      {errors::server_timeout(kPods, "delete", 2), Reason::kServerTimeout, 500,
       "The delete operation against pods could not be completed at this time, please try again."},
      {errors::internal_error("x"), Reason::kInternalError, 500, "Internal error occurred: x"},
      {errors::webhook_failed("w", "refused"), Reason::kInternalError, 500,
       R"(Internal error occurred: failed calling webhook "w": refused)"},
      {errors::webhook_denied("w", "no"), Reason::kForbidden, 403,
       R"(admission webhook "w" denied the request: no)"},
      {errors::too_many_requests("slow down", 1), Reason::kTooManyRequests, 429, "slow down"},
      {errors::method_not_allowed(kPods, "patch"), Reason::kMethodNotAllowed, 405,
       R"(patch is not supported on resources of kind "pods")"},
  };
  for (const ErrorCase& one : cases) {
    EXPECT_EQ(one.error.message, one.message);
    EXPECT_EQ(one.error.reason, one.reason) << one.message;
    EXPECT_EQ(one.error.code, one.code) << one.message;
  }
}

TEST(Errors, CarryDetails) {
  const ApiError error = errors::already_exists_generated(kPetSets, "x", false);
  EXPECT_EQ(error.name, "x");
  EXPECT_EQ(error.group, "apps.k8s.appscode.com");
  EXPECT_EQ(error.plural, "petsets");
  EXPECT_EQ(error.retry_after_seconds, 1);
  EXPECT_EQ(errors::invalid("", "Pod", "p", {}).plural, "Pod");
  EXPECT_EQ(errors::invalid("", "Pod", "p", {}).message, "Pod \"p\" is invalid");
  EXPECT_EQ(errors::too_large_resource_version(9, 3, 1).causes.front().type,
            "ResourceVersionTooLarge");
  EXPECT_EQ(errors::connection_lost("reset").code, 0);
}

TEST(Errors, FieldErrorsNameTheirKind) {
  EXPECT_EQ(field_error::not_supported("a", "\"x\"", {"p", "q"}).message,
            R"(Unsupported value: "x": supported values: "p", "q")");
  EXPECT_EQ(field_error::not_supported("a", "\"x\"", {"p"}).type, "FieldValueNotSupported");
  EXPECT_EQ(field_error::too_long("a", "\"x\"", 63).message,
            "Too long: may not be more than 63 bytes");
  EXPECT_EQ(field_error::required("a", "why").message, "Required value: why");
  EXPECT_EQ(field_error::forbidden("a", "why").type, "FieldValueForbidden");
}

TEST(Reasons, RoundTripAsText) {
  for (int index = 0; index <= static_cast<int>(Reason::kConnectionLost); ++index) {
    const auto reason = static_cast<Reason>(index);
    EXPECT_EQ(parse_reason(to_string(reason)), reason);
  }
  EXPECT_EQ(parse_reason("Nonsense"), std::nullopt);
}

// Goal: a Result is a value or an error, and reading the wrong one is found out.
TEST(Results, HoldOneOfTheTwo) {
  Result<int> good = 7;
  Result<int> bad = errors::not_found(kPods, "x");
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  EXPECT_FALSE(bad.ok());
  EXPECT_TRUE(is(bad, Reason::kNotFound));
  EXPECT_FALSE(is(good, Reason::kNotFound));
  EXPECT_DEATH((void)bad.value(), "ok");
  EXPECT_DEATH((void)good.error(), "ok");
  Result<void> done;
  EXPECT_TRUE(done.ok());
  EXPECT_FALSE(Result<void>(errors::request_timeout()).ok());
}

}  // namespace
}  // namespace sdbtwin::api
