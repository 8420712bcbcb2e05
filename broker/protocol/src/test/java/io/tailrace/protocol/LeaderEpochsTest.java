package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LeaderEpochsTest {
    private static final LeaderEpochs EPOCHS =
            LeaderEpochs.EMPTY.append(1, 0).append(3, 5).append(4, 9);

    @Test
    void anEpochEndsWhereTheNextStarts() {
        assertThat(EPOCHS.endOf(1, 20)).isEqualTo(new EpochEnd(1, 5));
        assertThat(EPOCHS.endOf(2, 20)).isEqualTo(new EpochEnd(1, 5));
        assertThat(EPOCHS.endOf(3, 20)).isEqualTo(new EpochEnd(3, 9));
    }

    @Test
    void theLatestEpochEndsWithTheLog() {
        assertThat(EPOCHS.endOf(4, 20)).isEqualTo(new EpochEnd(4, 20));
        assertThat(EPOCHS.endOf(9, 20)).isEqualTo(new EpochEnd(4, 20));
    }

    @Test
    void beforeTheFirstEpochIsNone() {
        assertThat(EPOCHS.endOf(0, 20)).isEqualTo(new EpochEnd(LeaderEpochs.UNKNOWN, 0));
        assertThat(LeaderEpochs.EMPTY.endOf(3, 7)).isEqualTo(new EpochEnd(LeaderEpochs.UNKNOWN, 7));
    }

    @Test
    void truncationForgetsWhatStartsThere() {
        assertThat(EPOCHS.truncate(9).latest()).isEqualTo(3);
        assertThat(EPOCHS.truncate(10)).isSameAs(EPOCHS);
        assertThat(EPOCHS.truncate(0)).isEqualTo(LeaderEpochs.EMPTY);
    }

    @Test
    void aLaterLogStartForgetsTheEpochsBefore() {
        assertThat(EPOCHS.startAt(0)).isSameAs(EPOCHS);
        assertThat(EPOCHS.startAt(2).starts())
                .containsExactly(new EpochStart(1, 2), new EpochStart(3, 5), new EpochStart(4, 9));
        assertThat(EPOCHS.startAt(5).starts()).containsExactly(new EpochStart(3, 5), new EpochStart(4, 9));
        assertThat(EPOCHS.startAt(12).starts()).containsExactly(new EpochStart(4, 12));
        assertThat(LeaderEpochs.EMPTY.startAt(3)).isEqualTo(LeaderEpochs.EMPTY);
    }

    @Test
    void anEpochWithoutRecordsGivesWay() {
        assertThat(EPOCHS.append(6, 9).starts())
                .containsExactly(new EpochStart(1, 0), new EpochStart(3, 5), new EpochStart(6, 9));
        assertThat(LeaderEpochs.of(EPOCHS.starts())).isEqualTo(EPOCHS).hasSameHashCodeAs(EPOCHS);
    }

    @Test
    void epochsOnlyGrow() {
        assertThat(EPOCHS.append(4, 15)).isSameAs(EPOCHS);
        assertThatThrownBy(() -> EPOCHS.append(2, 15)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EPOCHS.append(5, 8)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LeaderEpochs.EMPTY.append(LeaderEpochs.UNKNOWN, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
