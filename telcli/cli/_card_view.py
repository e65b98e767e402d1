"""How a customer's card looks: the verdict first, then why, then what lies behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from telcli.cli._card_months import drawn
from telcli.cli._card_satisfied import satisfied
from telcli.cli._card_urgent import care, left_for, planned
from telcli.cli._card_words import CALLS, WHO, attribute, day, said_of, state
from telcli.cli._fitted import fitted
from telcli.cli._help import pack, wrap
from telcli.cli._words import label, language, meant, tr
from telcli.tables import units
from telcli.tables.masking import plain

if TYPE_CHECKING:
    from telcli.pipeline.customer import Absent, Card

__all__ = ["View"]

_FEW, _LIMIT = 3, 6
_SOON = 92
"""Days before its end from which a contract is worth a word."""
_NAMES = {"months": "Months", "segment": "Segment", "value": "Value", "churn": "Risk of leaving"}
_GIVEN = {"subscriptions": "Lines", "contacts": "Contacts", "payments": "Payments", "campaigns": "Campaigns"}
_STYLES = {"high": "bold red", "medium": "yellow", "low": "green"}


class View:
    """The lines of one card.

    Parameters
    ----------
    found : the card.
    width : columns of the terminal.
    currency : of the operator's amounts.
    verbose : whether to show every row rather than the first few.
    """

    def __init__(self, found: Card, width: int, currency: str, *, verbose: bool = False) -> None:
        self.card, self.body, self.width, self.currency = found, found.body, width, currency
        self.few: int | None = None if verbose else _FEW
        self.limit: int | None = None if verbose else _LIMIT
        self.absent: Mapping[str, Absent] = {one.section: one for one in found.absent}

    def lines(self) -> Iterator[Any]:
        """Everything, from top to bottom."""
        yield from self._head()
        yield ""
        yield from self._results()
        for part in (self._months, self._calls, self._lines, self._contacts, self._payments):
            yield from part()
        for part in (self._campaigns, self._conflicts, self._systems, self._not_given):
            yield from part()

    def _money(self, amount: float | None) -> str:
        return units.money(amount, language(), self.currency)

    def _head(self) -> Iterator[Any]:
        from rich.text import Text

        who = self.body["who"]
        month = f"  {self.card.as_of:%Y-%m}" if self.card.as_of else ""
        yield Text(plain(self.body["customer_id"]) + month, style="bold")
        place = [plain(who[name]) for name in ("region", "branch") if who[name]]
        told = [meant("customer_class", who["customer_class"])] if who["customer_class"] else []
        told += [" / ".join(place)] if place else []
        for name, words in WHO.items():
            if who[name] is not None:
                told.append(tr(words, value=plain(str(who[name]))))
        yield from (f"  {line}" for line in pack(told, " · ", self.width - 2))
        for words, style in self._verdict():
            yield Text(f"  {words}", style=style)

    def _verdict(self) -> Iterator[tuple[str, str]]:
        """What somebody on the telephone has to know before anything else, a line each."""
        who = self.body["who"]
        if who["gone_on"]:
            yield tr("No longer among the customers since {day}", day=who["gone_on"]), "bold red"
        elif who["joins_on"]:
            yield tr("Not a customer yet: joins on {day}", day=who["joins_on"]), "yellow"
        elif who["active"] is False or who["churned"]:
            yield tr("Left in {month}", month=who["left_in"]) if who["left_in"] else tr("Has left"), "bold red"
        elif who["back_in"]:
            yield tr("Left in {left}, back since {back}", left=who["left_in"], back=who["back_in"]), "yellow"
        yield from left_for(self.body)
        if self.body["contacts_open"]:
            yield tr("Contacts still open: {n}", n=self.body["contacts_open"]), "yellow"
        yield from planned(self.body)
        yield from care(self.body)
        owed = self._last("arrears")
        if owed:
            yield tr("Owes {amount}", amount=self._money(owed)), "yellow"
        for line in self.body["lines"]:
            if self._ends_soon(line):
                named = {"line": line["subscription_id"], "day": line["contract_end"]}
                yield tr("Contract of {line} ends {day}", **named), "yellow"

    def _ends_soon(self, line: Mapping[str, Any]) -> bool:
        ends, month = line["contract_end"], self.card.as_of
        return bool(ends and month and line["status"] != "ended" and 0 <= (ends - month).days <= _SOON)

    def _last(self, column: str) -> float | None:
        """A column's value in the last month of the card."""
        months = self.body["months"]
        found = next((one for one in months["series"] if one["column"] == column), None)
        return found["values"][-1] if found else None

    def _results(self) -> Iterator[Any]:
        yield from self._section("churn", self._churn)
        yield from self._section("value", self._value)
        yield from self._section("segment", self._segment)
        yield from self._views()

    def _section(self, name: str, told: Any) -> Iterator[Any]:
        """A result on one line, more below it; or why it is not there."""
        from rich.text import Text

        absent = self.absent.get(name)
        first, *rest = [_why(absent)] if absent else list(told(self.body[name]))
        title = label(tr(_NAMES[name]) + tr(": ").rstrip())
        style = _STYLES.get((self.body["churn"] or {}).get("risk_band", ""), "") if name == "churn" else ""
        for at, line in enumerate(wrap(title + first, self.width - 2)):
            cut = len(title) if at == 0 else 0
            yield Text.assemble("" if at == 0 else "  ", (line[:cut], "bold"), (line[cut:], style))
        for one in rest:
            head, *more = wrap(one, self.width - 4)
            yield from (f"  {head}", *(f"    {line}" for line in more))
        if absent and absent.why != "not-in-it":
            yield f"  {absent.command}"  # whole, so that it can be pasted

    def _churn(self, churn: Mapping[str, Any]) -> Iterator[str]:
        told = [meant("risk_band", churn["risk_band"]) + " " + units.percent(churn["churn_probability"], language())]
        if churn["target"]:
            told.append(tr("contacting pays, about {amount}", amount=self._money(churn["expected_saving"])))
        yield " · ".join(told)
        ending = "_zh" if language() == "zh" else ""
        for n in (1, 2, 3):
            if churn[f"reason_{n}{ending}"]:
                yield f"{n}. {plain(churn[f'reason_{n}{ending}'])}"

    def _value(self, value: Mapping[str, Any]) -> Iterator[str]:
        told = [
            meant("value_tier", value["value_tier"]),
            tr("lifetime {amount}", amount=self._money(value["lifetime_value"])),
            tr("last 12 months {amount}", amount=self._money(value["current_value"])),
            tr("score {score} of 100", score=f"{value['value_score']:.0f}"),
        ]
        yield " · ".join(told)

    def _segment(self, segment: Mapping[str, Any]) -> Iterator[str]:
        name = segment["segment_name_zh" if language() == "zh" else "segment_name"]
        stage = tr("stage of life {stage}", stage=meant("lifecycle_stage", segment["lifecycle_stage"]))
        tier = segment["consumption_tier"]
        spends = [tr("spends {tier}", tier=meant("consumption_tier", tier))] if tier else []
        yield " · ".join([plain(name), stage, *spends])

    def _views(self) -> Iterator[Any]:
        """The groups of the business views, where they were made."""
        views = self.body["views"]
        told = [plain(one) for one in views["told_zh" if language() == "zh" else "told"]] if views else []
        yield from self._titled(tr("Views"), told)
        yield from self._titled(tr("Satisfaction"), satisfied(self.body["satisfaction"]))

    def _months(self) -> Iterator[Any]:
        if "months" in self.absent:
            yield from self._section("months", None)
        else:
            yield from drawn(self.body["months"], self.width, self.currency)

    def _calls(self) -> Iterator[Any]:
        """What calls tell of the last month, in a line."""
        calls = self.body["calls"]
        if calls:
            told = [tr(words, n=f"{calls[name]:.0f}") for name, words in CALLS.items() if calls[name] is not None]
            share = calls["night_share"]
            night = [] if share is None else [tr("{share} at night", share=units.percent(share, language()))]
            yield from self._titled(tr("Calls in {month}", month=calls["month"]), [*told, *night])

    def _titled(self, title: str, told: Sequence[str]) -> Iterator[Any]:
        """A line behind its title, folded where it is long; nothing where there is nothing to tell."""
        from rich.text import Text

        head = label(title + tr(": ").rstrip())
        for at, line in enumerate(wrap(head + " · ".join(told), self.width - 2) if told else ()):
            cut = len(head) if at == 0 else 0
            yield Text.assemble("" if at == 0 else "  ", (line[:cut], "bold"), line[cut:])

    def _table(self, title: str, more: str, rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> Iterator[Any]:
        from rich.text import Text

        if rows:
            yield Text.assemble((tr(title), "bold"), more)
            yield from fitted(rows, right, self.width, whole=[0])

    def _lines(self) -> Iterator[Any]:
        rows = [
            [
                line["subscription_id"],
                said_of("service_type", line["service_type"]),
                plain(line["plan_id"] or units.MISSING),
                self._money(line["plan_fee"]),
                state(line),
            ]
            for line in self.body["lines"]
        ]
        yield from self._table("Lines", f" ({len(rows)})", [*rows[: self.limit], *self._rest(rows, self.limit)], [3])

    def _rest(self, rows: Sequence[Any], few: int | None, total: int | None = None) -> list[list[str]]:
        """Of many rows, how many are not shown; in the form of a row of one cell."""
        left = (len(rows) if total is None else total) - len(rows[:few])
        return [[tr("and {n} more", n=left)]] if left > 0 else []

    def _contacts(self) -> Iterator[Any]:
        body, rows = self.body, []
        for contact in body["contacts"][: self.few]:
            stands = tr("open") if contact["open"] else tr("closed")
            rating = tr("rated {n}", n=f"{contact['rating']:g}") if contact["rating"] is not None else ""
            topic = plain(contact["topic"] or units.MISSING)
            rows.append([day(contact["opened_at"]), said_of("kind", contact["kind"]), topic, stands, rating])
            if contact["text"]:
                rows.append([f"“{plain(contact['text'])}”"])
        rest = self._rest(body["contacts"], self.few, body["contacts_in_all"])
        yield from self._table("Contacts", f" ({body['contacts_in_all']})", [*rows, *rest])

    def _payments(self) -> Iterator[Any]:
        paid, owed = self.body["payments"], self._last("arrears")
        rows = [
            [
                day(payment["paid_at"]),
                self._money(payment["amount"]),
                said_of("method", payment["method"]),
                plain(payment["channel"] or ""),
                tr("taken back") if payment["reversed"] else "",
            ]
            for payment in paid[: self.few]
        ]
        more = "" if owed is None else tr(": ") + tr("arrears {amount}", amount=self._money(owed))
        yield from self._table("Payments", more, [*rows, *self._rest(paid, self.few)], [1])

    def _campaigns(self) -> Iterator[Any]:
        told = self.body["campaigns"]
        rows = [
            [
                day(one["contacted_on"]),
                plain(one["campaign_id"]),
                said_of("arm", one["arm"]),
                *(plain(one[name] or "") for name in ("offer_id", "response", "outcome")),
            ]
            for one in told[: self.few]
        ]
        yield from self._table("Campaigns", f" ({len(told)})", [*rows, *self._rest(told, self.few)])

    def _conflicts(self) -> Iterator[Any]:
        """Whose word stands and why, then what the others say."""
        from rich.text import Text

        told = self.body["conflicts"]
        if told:
            yield Text.assemble((tr("Systems disagree"), "bold"), f" ({len(told)})")
        for one in told[: self.limit]:
            won = ", ".join(plain(source) for source in one["won"]) or units.MISSING
            stands = f"✓ {plain(one['chosen'])} ({won}{tr(', ')}{meant('rule', one['rule'])})"
            others = [each for each in one["says"] if not each["won"]]
            says = [
                f"✗ {plain(each['value'])} ({plain(each['source'])} {plain(each['source_key'])})" for each in others
            ]
            line = attribute(one["attribute"]) + tr(": ") + "  ".join([stands, *says])
            first, *rest = wrap(line, self.width - 4)
            yield from (f"  {first}", *(f"    {more}" for more in rest))
        yield from (f"  {row[0]}" for row in self._rest(told, self.limit))

    def _systems(self) -> Iterator[Any]:
        told = self.body["systems"]
        rows = [[plain(one["source"]), plain(one["source_key"]), meant("rule", one["rule"])] for one in told]
        yield from self._table("Known to", "", [*rows[: self.limit], *self._rest(rows, self.limit)])

    def _not_given(self) -> Iterator[str]:
        """Tables of which no extract was ever given: that is not the same as nothing in them."""
        missing = [one for one in self.card.absent if one.why == "not-given"]
        if missing:
            names = tr(", ").join(tr(_GIVEN[one.section]) for one in missing)
            yield from wrap(tr("Not given yet: {sections}; add the extracts with", sections=names), self.width)
            yield f"  {missing[0].command}"


def _why(absent: Absent) -> str:
    if absent.why == "not-in-it":
        return tr("nothing for this month: not a customer at its end")
    return tr("not made for this month; make it with" if absent.why == "other-month" else "not made yet; make it with")
