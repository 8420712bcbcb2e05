package io.tailrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.partition.TopicTraffic.Counter;
import org.junit.jupiter.api.Test;

class BrokerTrafficTest {
    private final BrokerTraffic traffic = new BrokerTraffic();

    @Test
    void partitionsOfATopicShareItsCounts() {
        TopicTraffic first = traffic.topic("a");

        assertThat(traffic.topic("a")).isSameAs(first);
        assertThat(traffic.topic("b")).isNotSameAs(first);
    }

    @Test
    void whatATopicCountsIsCountedForAllTopics() {
        TopicTraffic a = traffic.topic("a");
        TopicTraffic b = traffic.topic("b");
        a.add(Counter.BYTES_IN, 10);
        b.add(Counter.BYTES_IN, 5);
        b.increment(Counter.FAILED_FETCH_REQUESTS);

        assertThat(a.count(Counter.BYTES_IN)).isEqualTo(10);
        assertThat(traffic.all().count(Counter.BYTES_IN)).isEqualTo(15);
        assertThat(traffic.all().count(Counter.FAILED_FETCH_REQUESTS)).isEqualTo(1);
        assertThat(traffic.all().count(Counter.BYTES_OUT)).isZero();
    }
}
