package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * The APIs and versions that a broker supports.
 *
 * <p>The response to an unknown version of the request has version 0, {@link ErrorCode#UNSUPPORTED_VERSION} and at
 * least the versions of ApiVersions itself.
 *
 * @param errorCode the error
 * @param apiKeys the APIs
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param supportedFeatures cluster features the broker supports
 * @param finalizedFeaturesEpoch version of the list of finalized features, -1 for none
 * @param finalizedFeatures cluster features that are enabled
 * @param zkMigrationReady a flag of Apache Kafka's migration from ZooKeeper; always false here
 */
public record ApiVersionsResponse(
        ErrorCode errorCode,
        List<Api> apiKeys,
        @Since(1) int throttleTimeMs,
        @Since(3) @Tagged(0) List<SupportedFeature> supportedFeatures,
        @Since(3) @Tagged(1) @Default("-1") long finalizedFeaturesEpoch,
        @Since(3) @Tagged(2) List<FinalizedFeature> finalizedFeatures,
        @Since(3) @Tagged(3) boolean zkMigrationReady)
        implements Response {

    /** A response without features. */
    public ApiVersionsResponse(ErrorCode errorCode, List<Api> apiKeys) {
        this(errorCode, apiKeys, 0, List.of(), -1, List.of(), false);
    }

    @Override
    public ApiKey api() {
        return ApiKey.API_VERSIONS;
    }

    /**
     * The versions of an API.
     *
     * @param apiKey the API's number
     * @param minVersion the lowest, inclusive
     * @param maxVersion the highest, inclusive
     */
    public record Api(short apiKey, short minVersion, short maxVersion) {}

    /**
     * The levels of a feature that a broker supports.
     *
     * @param name the feature
     * @param minVersion the lowest level, inclusive
     * @param maxVersion the highest level, inclusive
     */
    public record SupportedFeature(String name, short minVersion, short maxVersion) {}

    /**
     * The enabled levels of a feature.
     *
     * @param name the feature
     * @param maxVersionLevel the highest level, inclusive
     * @param minVersionLevel the lowest level, inclusive
     */
    public record FinalizedFeature(String name, short maxVersionLevel, short minVersionLevel) {}
}
