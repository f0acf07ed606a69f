"""The category tree of the simulated shops: three levels, and for each leaf its attributes and rules."""

from typing import Any

from core.sandbox.model import World
from core.sandbox.tree import (
    CERTIFICATES,
    MATERIALS,
    ROOMS,
    SALES_IDS,
    SALES_VALUES,
    TREE,
    Leaf,
)


def plant_categories(world: World) -> dict[str, str]:
    """Fill the world's category tree and say which id each leaf has, by name."""
    leaves: dict[str, str] = {}
    number = 600_001
    for department, shelves in TREE.items():
        top, number = str(number), number + 1
        world.categories.append(_node(top, "0", department, leaf=False))
        for shelf, kinds in shelves.items():
            middle, number = str(number), number + 1
            world.categories.append(_node(middle, top, shelf, leaf=False))
            for kind in kinds:
                leaves[kind.name], number = str(number), number + 1
                node = _node(leaves[kind.name], middle, kind.name, leaf=True, permission=kind.permission)
                world.categories.append(node | {"attributes": _attributes(kind), "rules": _rules(kind)})
    return leaves


def value_id(attribute: str, value: str) -> str:
    """The id of a sales attribute's value, as category attributes and SKUs both write it."""
    return f"{SALES_IDS[attribute]}{SALES_VALUES[attribute].index(value) + 1:02d}"


def material_attribute(material: str) -> dict[str, Any]:
    """A product attribute in the shape that product details carry."""
    return {
        "id": "100701",
        "name": "Material",
        "values": [{"id": f"1007{MATERIALS.index(material) + 11}", "name": material}],
    }


def _node(
    number: str, parent: str, name: str, *, leaf: bool, permission: str = "AVAILABLE"
) -> dict[str, Any]:
    return {
        "id": number,
        "parent_id": parent,
        "local_name": name,
        "is_leaf": leaf,
        "permission_statuses": [permission],
    }


def _attributes(leaf: Leaf) -> list[dict[str, Any]]:
    """A leaf's attributes: the wire spells required as `is_requried` (tiktok-shop-api §11)."""
    materials = [{"id": f"1007{place + 11}", "name": name} for place, name in enumerate(MATERIALS)]
    rooms = [{"id": f"1008{place + 11}", "name": name} for place, name in enumerate(ROOMS)]
    origins = [{"id": "1000850", "name": "United Kingdom"}, {"id": "1000851", "name": "Portugal"}]
    attributes = [
        _attribute("100701", "Material", materials, required=leaf.grams >= 600, customisable=True),
        _attribute("100801", "Room", rooms, multiple=True),
        _attribute("100149", "Country of Origin", origins, required=leaf.size_chart),
        _attribute("100398", "Care Instructions", [], customisable=True),
    ]
    for name in leaf.varies:
        values = [{"id": value_id(name, value), "name": value} for value in SALES_VALUES[name]]
        attributes.append(_attribute(SALES_IDS[name], name, values, kind="SALES_PROPERTY", customisable=True))
    return attributes


def _attribute(
    number: str,
    name: str,
    values: list[dict[str, Any]],
    *,
    kind: str = "PRODUCT_PROPERTY",
    required: bool = False,
    customisable: bool = False,
    multiple: bool = False,
) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "type": kind,
        "is_requried": required,
        "is_customizable": customisable,
        "is_multiple_selection": multiple,
        "values": values,
    }


def _rules(leaf: Leaf) -> dict[str, Any]:
    certificates = [
        {
            "id": number,
            "name": f"{name} test report",
            "is_required": True,
            "document_details": "A test report of an accredited laboratory, not older than five years.",
        }
        for name, number in CERTIFICATES.items()
        if name == leaf.certificate
    ]
    return {
        "product_certifications": certificates,
        "size_chart": {"is_supported": leaf.size_chart, "is_required": leaf.size_chart},
        "cod": {"is_supported": False},
        "package_dimension": {"is_required": leaf.grams >= 1000},
        "epr": {"is_required": False},
        "responsible_person": {"is_required": leaf.person},
        "manufacturer": {"is_required": leaf.person},
        "allowed_special_product_types": [],
    }
