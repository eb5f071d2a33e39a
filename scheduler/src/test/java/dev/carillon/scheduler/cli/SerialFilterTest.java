package dev.carillon.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SerialFilterTest {
    private static int brought;

    /** Does something as soon as it is read. */
    private static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1L;

        private void readObject(ObjectInputStream in) {
            brought++;
        }
    }

    @Test
    void classes_of_the_platform_are_read_and_all_others_refused_before_they_can_do_anything() throws Exception {
        try (var in = filtered(new ArrayList<>(List.of("text", 42L)))) {
            assertThat(in.readObject()).isEqualTo(List.of("text", 42L));
        }
        try (var in = filtered(new ArrayList<>(List.of(new Gadget())))) {
            assertThatThrownBy(in::readObject)
                    .isInstanceOf(InvalidClassException.class)
                    .hasMessageContaining("REJECTED");
        }
        assertThat(brought).isZero();
    }

    private static ObjectInputStream filtered(Object object) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
        in.setObjectInputFilter(SerialFilter.PLATFORM_ONLY);
        return in;
    }
}
