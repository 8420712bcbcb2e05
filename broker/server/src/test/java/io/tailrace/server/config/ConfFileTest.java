package io.tailrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.config.Config;
import io.tailrace.config.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The shipped file lists every key of the broker with its default. */
class ConfFileTest {
    private static final Path FILE = Path.of("../../conf/broker.properties");
    private static final Pattern LINE = Pattern.compile("(#?)([a-z][a-z.]+)=(.*)");
    private static final Set<String> SET = Set.of("broker.id", "listeners");

    @Test
    void everyKeyIsThereWithItsDefault() throws IOException {
        Map<String, String> defaults = new LinkedHashMap<>();
        for (ConfigKey<?> key : BrokerConfig.keys().plain()) {
            String text = key.defaultText();
            defaults.put(key.name(), text == null ? "" : text);
        }
        Map<String, String> written = new LinkedHashMap<>();
        for (String line : Files.readAllLines(FILE)) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                written.put(matcher.group(2), matcher.group(3));
                assertThat(matcher.group(1).isEmpty()).as(line).isEqualTo(SET.contains(matcher.group(2)));
            }
        }

        assertThat(written.keySet()).containsExactlyElementsOf(defaults.keySet());
        SET.forEach(written::remove);
        SET.forEach(defaults::remove);
        assertThat(written).isEqualTo(defaults);
    }

    @Test
    void fileIsAccepted() throws IOException {
        BrokerConfig config = BrokerConfig.of(Config.read(BrokerConfig.keys(), Optional.of(FILE), Map.of()));

        assertThat(config.brokerId()).isZero();
        assertThat(config.listeners()).containsExactly(new Listener("PLAINTEXT", "localhost", 9092));
    }
}
