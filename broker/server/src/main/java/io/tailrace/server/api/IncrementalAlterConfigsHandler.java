package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.Config;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.server.api.ConfigChanges.ResourceChange;
import io.tailrace.server.config.SettingRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Changes single settings of topics and brokers. The settings of a resource are changed together or not at all. */
public final class IncrementalAlterConfigsHandler
        implements RequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> {
    private final ConfigChanges configs;
    private final BlockingCalls blocking;

    public IncrementalAlterConfigsHandler(ConfigChanges configs, BlockingCalls blocking) {
        this.configs = configs;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public void handle(IncrementalAlterConfigsRequest request, Call<IncrementalAlterConfigsResponse> call) {
        List<ResourceChange> changes = request.resources().stream()
                .map(each -> new ResourceChange(
                        each.resourceType(),
                        each.resourceName(),
                        (current, rules) -> changed(current, each.configs(), rules)))
                .toList();
        blocking.answerLater(
                BlockingCalls.Kind.CLUSTER_CHANGE,
                call,
                () -> configs.alter(changes, request.validateOnly())
                        .thenApplyAsync(IncrementalAlterConfigsHandler::response, call::execute),
                () -> response(ChangeOutcomes.overloaded(changes)));
    }

    private static Map<String, String> changed(Map<String, String> current, List<Config> configs, SettingRules rules) {
        Set<String> names = new HashSet<>();
        Map<String, String> changed = new HashMap<>(current);
        for (Config config : configs) {
            String name = config.name();
            if (!names.add(name)) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST, "setting " + name + " is named twice in the request");
            }
            switch (config.configOperation()) {
                case IncrementalAlterConfigsRequest.SET -> changed.put(name, value(config));
                case IncrementalAlterConfigsRequest.DELETE -> changed.remove(name);
                case IncrementalAlterConfigsRequest.APPEND ->
                    changed.put(name, rules.appended(current, name, value(config)));
                case IncrementalAlterConfigsRequest.SUBTRACT ->
                    changed.put(name, rules.subtracted(current, name, value(config)));
                default ->
                    throw new TopicException(
                            ErrorCode.INVALID_REQUEST,
                            "setting " + name + ": expected to set (0), delete (1), append (2) or subtract (3), found "
                                    + config.configOperation());
            }
        }
        return changed;
    }

    private static String value(Config config) {
        if (config.value() == null) {
            throw new TopicException(
                    ErrorCode.INVALID_REQUEST,
                    "setting " + config.name() + " has no value: delete it (1) to remove it");
        }
        return config.value();
    }

    private static IncrementalAlterConfigsResponse response(ChangeOutcomes<ResourceChange> outcomes) {
        return new IncrementalAlterConfigsResponse(
                0,
                outcomes.answers((change, outcome) -> new IncrementalAlterConfigsResponse.Resource(
                        outcome.error(), outcome.message(), change.type(), change.name())));
    }
}
