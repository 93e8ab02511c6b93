package org.pgpitr.service.check;

/** Hears of each finding at once, in the order in which things are looked at. */
public interface CheckListener {
    void found(Finding finding);

    /** What takes a while now, such as waiting for a segment. */
    void waiting(String forWhat);
}
