"""Words for choices in three languages: kinds, priorities, proofs, vehicles, skills, weekdays, yes and no."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from zaguan.operations.intake.cells import folded, text_of, words
from zaguan.operations.intake.model import BadCell, Cell, shown
from zaguan.records.fleet.model import VehicleKind
from zaguan.records.orders.model import OrderKind, Priority, Proof

TASK_TAG: Final = "task"  # OptimoRoute's type T: something to do, nothing to bring
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _by_word[T](table: Mapping[T, str]) -> dict[str, T]:
    """Turn "value: its words, parted by commas" around."""
    return {folded(word): value for value, words in table.items() for word in words.split(",")}


_YES: Final = words("si,s,yes,y,true,1,x,verdadero,sim,v,verdadeiro,ok,requerido,required,obrigatorio,obligatorio")
_NO: Final = words("no,n,false,0,falso,nao,f,ninguno,none,na,opcional,optional")

_KINDS: Final = _by_word({
    OrderKind.DELIVERY: "d,delivery,deliver,dropoff,drop off,drop,entrega,entregar,despacho,reparto,envio,"
    "venta,distribucion,distribuicao,delivery order,entrega a domicilio,domicilio,venda,forward,0",
    OrderKind.PICKUP: "p,pickup,pick up,collection,collect,retiro,retirar,recogida,recoleccion,recolectar,"
    "recojo,recoger,coleta,coletar,retirada,devolucion,devolucao,return,returns,reverse,"
    "logistica inversa,logistica reversa,cambio,1",
})  # fmt: skip
_TASKS: Final = frozenset({"t", "task", "tarea", "tarefa", "servicio", "servico", "service", "visita", "visit"})

_PRIORITIES: Final = _by_word({
    Priority.LOW: "l,low,lowest,baja,bajo,baixa,baixo,minima,3,4,5",
    Priority.NORMAL: "m,n,normal,medium,media,medio,standard,estandar,padrao,regular,2",
    Priority.HIGH: "h,a,high,alta,alto,prioritario,prioritaria,prioridade,express,expres,expresso,1",
    Priority.CRITICAL: "c,critical,critica,critico,urgente,urgent,highest,maxima,muy alta,"
    "muito alta,inmediata,imediata,0",
})  # fmt: skip

_PROOFS: Final = _by_word({
    Proof.SIGNATURE: "firma,signature,sign,assinatura,firmar,firma del receptor",
    Proof.PHOTO: "foto,photo,picture,fotografia,imagen,imagem,fotos,photos",
    Proof.CODE: "codigo,code,pin,otp,codigo pin,pincode,clave,token",
    Proof.IDENTITY: "identidad,identity,id,carnet,dni,rut,cedula,documento,identidade,rg,cpf,"
    "identificacion,id check",
    Proof.PAYMENT: "pago,payment,cobro,pagamento,pay,recaudo",
})  # fmt: skip

_VEHICLES: Final = _by_word({
    VehicleKind.VAN: "van,furgon,furgoneta,camioneta,utilitario,furgao,utilitaria,pickup truck",
    VehicleKind.TRUCK: "truck,camion,caminhao,lorry",
    VehicleKind.CAR: "car,auto,automovil,carro,coche,sedan",
    VehicleKind.MOTORCYCLE: "motorcycle,moto,motocicleta,motorbike,scooter,electric motorcycle",
    VehicleKind.BICYCLE: "bicycle,bike,bicicleta,bici,electric bicycle,e bike",
    VehicleKind.CARGO_BIKE: "cargo bike,bicicleta de carga,bici de carga,cargobike,bicicarga,triciclo",
    VehicleKind.ON_FOOT: "on foot,foot,a pie,a pe,caminando,walking,walker",
})  # fmt: skip
_ANY: Final = frozenset({"any", "todos", "todas", "cualquiera", "qualquer", "all", "ninguno", "none", "nenhum", "na"})

_SKILLS: Final = _by_word({
    "cold": "cold,frio,refrigerado,refrigerada,cadena de frio,cold chain,frozen,congelado,cadeia fria,refrigerated",
    "two-person": "two person,2 person,two persons,2 persons,two man,2 man,dos personas,2 personas,peoneta,"
    "duas pessoas,2 pessoas,ayudante,ajudante,helper,con peoneta",
    "lift": "lift,tail lift,rampa,plataforma,elevador,rampa hidraulica,plataforma elevadora,liftgate",
    "hazmat": "hazmat,adr,peligroso,carga peligrosa,perigoso,dangerous goods",
    "fragile": "fragile,fragil",
})  # fmt: skip

_DAYS: Final = _by_word({
    0: "mon,monday,lun,lunes,seg,segunda,segunda feira,mondays",
    1: "tue,tues,tuesday,mar,martes,ter,terca,terca feira,tuesdays",
    2: "wed,wednesday,mie,mier,miercoles,qua,quarta,quarta feira,wednesdays",
    3: "thu,thur,thurs,thursday,jue,jueves,qui,quinta,quinta feira,thursdays",
    4: "fri,friday,vie,viernes,sex,sexta,sexta feira,fridays",
    5: "sat,saturday,sab,sabado,sabados,saturdays",
    6: "sun,sunday,dom,domingo,domingos,sundays",
})  # fmt: skip
_EVERY_DAY: Final = words(
    "daily,diario,diaria,diariamente,todos los dias,every day,todos os dias,cada dia,diario todos los dias"
)
_WORKDAYS: Final = words("weekdays,dias habiles,habiles,dias uteis,dia util,lunes a viernes")
_RANGE: Final = re.compile(r"\s*[-–]\s*|\s+(?:a|al|to|ate|até|à)\s+")
_PARTED: Final = re.compile(r"\s*[,;|/+\n]\s*")


def parts_of(text: str) -> list[str]:
    """Split a list in a cell: "foto, firma", "foto;firma", "foto + firma"."""
    return [part for part in _PARTED.split(text) if part]


def yes_of(cell: Cell) -> bool:
    """Read yes or no; anything else raises BadCell."""
    if isinstance(cell, bool):
        return cell
    word = folded(text_of(cell))
    if word in _YES or text_of(cell) in {"✓", "✔", "☑"}:
        return True
    if word in _NO or text_of(cell) in {"-", "–", "☐", "✗"}:
        return False
    raise BadCell("intake.row_not_yes_or_no", value=shown(text_of(cell)))


@lru_cache(maxsize=10_000)
def kind_of(text: str) -> tuple[OrderKind, bool]:
    """Read which way the parcels go, and whether it is a task without goods."""
    word = folded(text)
    if word in _TASKS:
        return OrderKind.DELIVERY, True
    if (kind := _KINDS.get(word)) is None:
        raise BadCell("intake.row_unknown_kind", value=shown(text))
    return kind, False


@lru_cache(maxsize=10_000)
def priority_of(text: str) -> Priority:
    """Read a priority; of numbers, 1 is high, 2 normal, 3 and more low, and 0 the most urgent."""
    if (priority := _PRIORITIES.get(folded(text))) is None:
        raise BadCell("intake.row_unknown_priority", value=shown(text))
    return priority


@lru_cache(maxsize=10_000)
def proofs_of(text: str) -> frozenset[Proof]:
    """Read a list of proofs."""
    proofs = set()
    for part in parts_of(text.replace(" y ", ",").replace(" and ", ",").replace(" e ", ",")):
        if folded(part) in _NO:
            continue
        if (proof := _PROOFS.get(folded(part))) is None:
            raise BadCell("intake.row_unknown_proof", value=shown(part))
        proofs.add(proof)
    return frozenset(proofs)


@lru_cache(maxsize=10_000)
def vehicle_kinds_of(text: str) -> frozenset[str]:
    """Read a list of vehicle kinds; "any" is none."""
    kinds = set()
    for part in parts_of(text):
        word = folded(part)
        if word in _ANY:
            return frozenset()
        kind = _VEHICLES.get(word) or _VEHICLES.get(word.removesuffix("s"))
        if kind is None:
            raise BadCell("intake.row_unknown_vehicle", value=shown(part))
        kinds.add(kind.value)
    return frozenset(kinds)


@lru_cache(maxsize=10_000)
def skills_of(text: str) -> frozenset[str]:
    """Read a list of skills: known ones under their common word, others as they are written, in lower case."""
    words = (folded(part) for part in parts_of(text))
    return frozenset(_SKILLS.get(word, word.replace(" ", "-")) for word in words if word and word not in _NO)


@lru_cache(maxsize=10_000)
def weekdays_of(text: str) -> str:
    """Read weekdays, "lunes y jueves" or "mon-fri", as "mon,thu", in the order of the week; no day is empty."""
    whole = folded(text)
    if whole in _NO:
        return ""
    if whole in _EVERY_DAY:
        return ",".join(WEEKDAYS)
    if whole in _WORKDAYS:
        return ",".join(WEEKDAYS[:5])
    days: set[int] = set()
    # dashes inside Portuguese day names are no ranges
    spoken = re.sub(r"[-\s]+feira\b", "", text.lower())
    for part in re.split(r"[,;|/+\n]|\s+(?:y|e|and|&)\s+", spoken):
        span = [folded(end) for end in re.split(r"\s*[-–]\s*|\s+(?:a|al|to|ate|até|à)\s+", part.strip()) if end.strip()]
        names = [name for end in span for name in ([end] if end in _DAYS else end.split())]
        if not names:
            continue
        if any(name not in _DAYS for name in names):
            raise BadCell("intake.row_bad_weekdays", value=shown(text))
        if len(span) == 2 and len(names) == 2:
            first, last = _DAYS[names[0]], _DAYS[names[1]]
            days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
        else:
            days.update(_DAYS[name] for name in names)
    return ",".join(WEEKDAYS[day] for day in sorted(days))
