package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.AlterConfigsResponse;
import io.tailrace.server.api.ConfigChanges.ResourceChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Replaces all settings of topics and brokers. */
public final class AlterConfigsHandler implements RequestHandler<AlterConfigsRequest, AlterConfigsResponse> {
    private final ConfigChanges configs;
    private final BlockingCalls blocking;

    public AlterConfigsHandler(ConfigChanges configs, BlockingCalls blocking) {
        this.configs = configs;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ALTER_CONFIGS;
    }

    @Override
    public void handle(AlterConfigsRequest request, Call<AlterConfigsResponse> call) {
        List<ResourceChange> changes = request.resources().stream()
                .map(each -> new ResourceChange(
                        each.resourceType(), each.resourceName(), (current, rules) -> settings(each.configs())))
                .toList();
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> configs.alter(changes, request.validateOnly())
                        .thenApplyAsync(AlterConfigsHandler::response, call::execute),
                () -> response(ChangeOutcomes.overloaded(changes)));
    }

    private static Map<String, String> settings(List<AlterConfigsRequest.Config> configs) {
        Map<String, String> settings = new HashMap<>();
        for (AlterConfigsRequest.Config config : configs) {
            if (config.value() == null) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST,
                        "setting " + config.name() + " has no value: leave it out to remove it");
            }
            if (settings.put(config.name(), config.value()) != null) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST, "setting " + config.name() + " is named twice in the request");
            }
        }
        return settings;
    }

    private static AlterConfigsResponse response(ChangeOutcomes<ResourceChange> outcomes) {
        return new AlterConfigsResponse(
                0,
                outcomes.answers((change, outcome) -> new AlterConfigsResponse.Resource(
                        outcome.error(), outcome.message(), change.type(), change.name())));
    }
}
