package io.tailrace.schemas.registry;

import java.util.List;

/** A request that is refused or fails. Error codes, and most messages, are those of Confluent's registry. */
final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errorCode;

    RegistryException(int errorCode, String message) {
        super(message);
        this.errorCode = errorCode;
    }

    int errorCode() {
        return errorCode;
    }

    /** The HTTP status: the error code itself, or its first three digits. */
    int status() {
        return errorCode < 1000 ? errorCode : errorCode / 100;
    }

    /** Whether something was asked for that is not in the state, but may be in records that were not read yet. */
    boolean isMiss() {
        return errorCode / 100 == 404;
    }

    static RegistryException subjectNotFound(String subject) {
        return new RegistryException(40401, "Subject '" + subject + "' not found.");
    }

    static RegistryException versionNotFound(String version) {
        return new RegistryException(40402, "Version " + version + " not found.");
    }

    static RegistryException schemaNotFound() {
        return new RegistryException(40403, "Schema not found");
    }

    static RegistryException schemaNotFound(int id) {
        return new RegistryException(40403, "Schema " + id + " not found");
    }

    static RegistryException subjectSoftDeleted(String subject) {
        return new RegistryException(
                40404, "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
    }

    static RegistryException subjectNotSoftDeleted(String subject) {
        return new RegistryException(
                40405, "Subject '" + subject + "' was not deleted first before being permanently deleted");
    }

    static RegistryException versionSoftDeleted(String subject, int version) {
        return new RegistryException(
                40406,
                "Subject '" + subject + "' Version " + version
                        + " was soft deleted. Set permanent=true to delete permanently");
    }

    static RegistryException versionNotSoftDeleted(String subject, int version) {
        return new RegistryException(
                40407,
                "Subject '" + subject + "' Version " + version
                        + " was not deleted first before being permanently deleted");
    }

    static RegistryException noSubjectConfig(String subject) {
        return new RegistryException(
                40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    static RegistryException noSubjectMode(String subject) {
        return new RegistryException(40409, "Subject '" + subject + "' does not have subject-level mode configured");
    }

    static RegistryException incompatible(String subject, String details) {
        return new RegistryException(
                409,
                "Schema being registered is incompatible with an earlier schema for subject \"" + subject
                        + "\", details: " + details);
    }

    static RegistryException invalidSchema(String details) {
        return new RegistryException(42201, "Invalid schema: " + details);
    }

    static RegistryException invalidVersion(String version) {
        return new RegistryException(
                42202,
                "The specified version '" + version
                        + "' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");
    }

    static RegistryException invalidCompatibility(String level) {
        return new RegistryException(
                42203,
                "Invalid compatibility level '" + level + "'. Valid values are none, backward, forward, full,"
                        + " backward_transitive, forward_transitive, and full_transitive");
    }

    static RegistryException invalidMode(String mode) {
        return new RegistryException(
                42204, "Invalid mode '" + mode + "'. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT");
    }

    static RegistryException notPermitted(String reason) {
        return new RegistryException(42205, reason);
    }

    static RegistryException referenced(Registration version, List<Registration> referrers) {
        Registration first = referrers.get(0);
        return new RegistryException(
                42206,
                "One or more references exist to version %d of subject '%s': version %d of subject '%s'%s"
                        .formatted(
                                version.version(),
                                version.subject(),
                                first.version(),
                                first.subject(),
                                referrers.size() == 1 ? "" : " and " + (referrers.size() - 1) + " more"));
    }

    static RegistryException storeFailed(String details) {
        return new RegistryException(50001, "Error in the backend datastore: " + details);
    }

    static RegistryException storeTimedOut(String details) {
        return new RegistryException(50002, "Operation timed out: " + details);
    }
}
