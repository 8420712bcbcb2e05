package io.tailrace.server.api;

import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.Config;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.server.config.SettingRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Changes some settings of topics and brokers: those of one resource all, or none. */
public final class IncrementalAlterConfigsHandler
        implements RequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> {
    private final ConfigChanges configs;
    private final BlockingCalls blocking;

    /** Changes settings here, on the threads of {@code blocking}. */
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
        blocking.answer(call, () -> alter(request));
    }

    private IncrementalAlterConfigsResponse alter(IncrementalAlterConfigsRequest request) {
        Consumer<ConfigChanges.Resource> once = ConfigChanges.Resource.once();
        Attempts<IncrementalAlterConfigsRequest.Resource> attempts = Attempts.of(request.resources(), asked -> {
            ConfigChanges.Resource resource = new ConfigChanges.Resource(asked.resourceType(), asked.resourceName());
            once.accept(resource);
            check(asked.configs());
            configs.alter(resource, (before, rules) -> changed(before, asked.configs(), rules), request.validateOnly());
        });
        return new IncrementalAlterConfigsResponse(
                0,
                attempts.answers((asked, outcome) -> new IncrementalAlterConfigsResponse.Resource(
                        outcome.error(), outcome.message(), asked.resourceType(), asked.resourceName())));
    }

    private static void check(List<Config> configs) {
        Set<String> names = new HashSet<>();
        for (Config config : configs) {
            if (!names.add(config.name())) {
                throw new TopicException(ErrorCode.INVALID_REQUEST, config.name() + " is named twice");
            }
            if (config.configOperation() < IncrementalAlterConfigsRequest.SET
                    || config.configOperation() > IncrementalAlterConfigsRequest.SUBTRACT) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST,
                        config.name() + ": expected to set (0), delete (1), append (2) or subtract (3), found "
                                + config.configOperation());
            }
            if (config.value() == null && config.configOperation() != IncrementalAlterConfigsRequest.DELETE) {
                throw new TopicException(
                        ErrorCode.INVALID_REQUEST, config.name() + " has no value: delete a setting to take it back");
            }
        }
    }

    private static Map<String, String> changed(Map<String, String> before, List<Config> configs, SettingRules rules) {
        Map<String, String> after = new HashMap<>(before);
        for (Config config : configs) {
            String name = config.name();
            String value = String.valueOf(config.value());
            switch (config.configOperation()) {
                case IncrementalAlterConfigsRequest.SET -> after.put(name, value);
                case IncrementalAlterConfigsRequest.DELETE -> after.remove(name);
                case IncrementalAlterConfigsRequest.APPEND -> after.put(name, rules.appended(before, name, value));
                default -> after.put(name, rules.subtracted(before, name, value));
            }
        }
        return after;
    }
}
