"""What TikTok would refuse about a listing's SKUs: prices, stock, seller SKUs, variations (§6, §7)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from core.models.listing_state import ListingProblem
from core.rules.candidate import Candidate, Variant
from core.rules.listing_limits import ListingLimits


def variant_problems(candidate: Candidate, limits: ListingLimits) -> Iterator[ListingProblem]:
    """Every problem of every variant, and those of the variants together."""
    if candidate.is_parent:
        yield from _family(candidate, limits)
    for variant in candidate.variants:
        yield from _price(variant, limits)
        yield from _stock(variant, limits)
        yield from _seller_sku(variant, limits)
        if candidate.is_parent:
            yield from _sides(variant, limits)
    yield from _barcodes(candidate.variants)


def _barcodes(variants: Sequence[Variant]) -> Iterator[ListingProblem]:
    """No two SKUs may have one identifier code (12052592)."""
    owners: dict[str, str] = {}
    for variant in variants:
        if variant.ean is None:
            continue
        first = owners.setdefault(variant.ean, variant.sku)
        if first != variant.sku:
            yield ListingProblem(
                code="barcode-twice",
                field="sku",
                sku=variant.sku,
                what=f"{variant.sku} has the same barcode as {first}: {variant.ean}",
                fix="Correct one of them in Avasam, or take it away there.",
            )


def _family(candidate: Candidate, limits: ListingLimits) -> Iterator[ListingProblem]:
    def problem(code: str, what: str, fix: str) -> ListingProblem:
        return ListingProblem(code=code, field="variation", what=what, fix=fix)

    variants = candidate.variants
    if not variants:
        fix = "Bring its variants into the inventory, or list it as a single product."
        yield problem("no-children", "This variation parent has no children in the inventory", fix)
        return
    if len(variants) > limits.skus_most:
        what = f"{len(variants)} variants; this market takes {limits.skus_most} in one product"
        yield problem("variants-many", what, "Split the range into several parents in Avasam.")
    names = [tuple(side.name for side in variant.sides) for variant in variants]
    every = list(dict.fromkeys(name for row in names for name in row))
    if not every and len(variants) > 1:
        fix = "Give each variant what sets it apart, for example Colour or Size."
        yield problem("sides-missing", "Nothing tells the variants apart", fix)
    if len(every) > limits.sides_most:
        what = f"The variants differ in {len(every)} ways ({', '.join(every)}); at most {limits.sides_most}"
        yield problem("sides-many", what, "Leave out or join some of them.")
    for variant, row in zip(variants, names, strict=True):
        lacking = [name for name in every if name not in row]
        if lacking:
            yield ListingProblem(
                code="side-lacking",
                field="variation",
                sku=variant.sku,
                what=f"{variant.sku} has no {', '.join(lacking)}, which other variants have",
                fix="Give every variant the same kinds of values.",
            )
    yield from _sides_twice(variants)
    yield from _sides_asked(candidate, every)
    same = Counter(
        tuple((side.name, side.value.casefold()) for side in variant.sides) for variant in variants
    )
    for values, count in same.items():
        if count > 1 and values:
            shown = ", ".join(value for _, value in values)
            yield problem("variants-equal", f"{count} variants are the same: {shown}", "Make them differ.")


def _sides_twice(variants: Sequence[Variant]) -> Iterator[ListingProblem]:
    """Two things that vary cannot be one sales attribute (12052560)."""
    for ids in dict.fromkeys(tuple(one.attribute_id for one in variant.sides) for variant in variants):
        twice = [name for name, count in Counter(one for one in ids if one).items() if count > 1]
        if twice:
            yield ListingProblem(
                code="side-twice",
                field="variation",
                what="Two things that vary stand for one sales attribute of the category",
                fix="Choose another sales attribute for one of them.",
            )
            return


def _sides_asked(candidate: Candidate, names: Sequence[str]) -> Iterator[ListingProblem]:
    """Sales attributes that the category wants of every product with variants (12052550)."""
    for rule in candidate.leaf.attributes if candidate.leaf is not None else ():
        if rule.is_side and rule.is_required and rule.name not in names:
            yield ListingProblem(
                code="side-asked",
                field="variation",
                what=f"This category asks that the variants differ in {rule.name}",
                fix=f"Say which of Avasam's attributes is the {rule.name}, or add it in Avasam.",
            )


def _price(variant: Variant, limits: ListingLimits) -> Iterator[ListingProblem]:
    def problem(code: str, what: str, fix: str, *, blocking: bool = True) -> ListingProblem:
        return ListingProblem(
            code=code, field="price", sku=variant.sku, what=what, fix=fix, blocking=blocking
        )

    name, price = variant.sku, variant.price
    if price is None:
        why = variant.price_steps[-1] if variant.price_steps else "unknown"
        fix = "Type a price, or correct its pricing rule or cost."
        yield problem("price-missing", f"{name} has no price: {why}", fix)
        return
    if not limits.price_least <= price <= limits.price_most:
        what = f"The price {price} of {name} is outside {limits.price_least} to {limits.price_most}"
        yield problem("price-limits", what, "Change the price.")
    if price != round(price, 2):
        yield problem("price-format", f"The price {price} of {name} has more than two decimals", "Round it.")
    if limits.currency and variant.currency != limits.currency:
        what = f"{name} is priced in {variant.currency}; this shop sells in {limits.currency}"
        fix = f"Bring it into the inventory in {limits.currency}: none is converted. A file has a column."
        yield problem("price-currency", what, fix)
    if variant.below_floor:
        yield floor_problem(variant)


def floor_problem(variant: Variant, *, blocking: bool = True) -> ListingProblem:
    """The price stands, but leaves less over cost than its rule asks for (domain.md, Selling price)."""
    return ListingProblem(
        code="price-floor",
        field="price",
        sku=variant.sku,
        what=f"The price {variant.price} of {variant.sku} is below the floor of its pricing rule",
        fix="Raise the price, or lower the floor.",
        blocking=blocking,
    )


def _stock(variant: Variant, limits: ListingLimits) -> Iterator[ListingProblem]:
    if variant.quantity is None:
        yield ListingProblem(
            code="stock-unknown",
            field="stock",
            sku=variant.sku,
            what=f"The stock of {variant.sku} is not known, and unknown stock is never sent",
            fix="Check the product in Avasam.",
        )
    elif variant.quantity > limits.quantity_most:
        yield ListingProblem(
            code="stock-limits",
            field="stock",
            sku=variant.sku,
            what=f"{variant.quantity} of {variant.sku}; TikTok takes {limits.quantity_most}",
            fix="Set a maximum quantity in the additional settings.",
        )


def _seller_sku(variant: Variant, limits: ListingLimits) -> Iterator[ListingProblem]:
    least, most = limits.seller_sku_least, limits.seller_sku_most
    if least <= len(variant.sku) <= most and limits.seller_sku_pattern.fullmatch(variant.sku):
        return
    allowed = "letters, digits, _ and -" if "A-Z" in limits.seller_sku_pattern.pattern else "no spaces"
    yield ListingProblem(
        code="seller-sku",
        field="sku",
        sku=variant.sku,
        what=f"TikTok does not take the SKU {variant.sku}: {least} to {most} characters, {allowed}",
        fix="Rename it in Avasam.",
    )


def _sides(variant: Variant, limits: ListingLimits) -> Iterator[ListingProblem]:
    for side in variant.sides:
        for text, most, kind in (
            (side.name, limits.side_name_most, "name"),
            (side.value, limits.side_value_most, "value"),
        ):
            if len(text) > most:
                yield ListingProblem(
                    code=f"side-{kind}-long",
                    field="variation",
                    sku=variant.sku,
                    what=f"{text!r} of {variant.sku} has {len(text)} characters; at most {most}",
                    fix="Shorten it in Avasam.",
                )
