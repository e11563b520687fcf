"""How street names are shortened in Spanish, Portuguese and English, and what the short forms stand for.

The right-hand side is only a canonical spelling: both the register and the query pass through the same tables, so
the two languages may share a word (`doutor` and `doctor` both become `doctor`).
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _spread(*groups: str) -> dict[str, str]:
    """Turn lines of `canonical: short shorter …` into a table from each form to the canonical one."""
    table: dict[str, str] = {}
    for group in groups:
        canonical, _, forms = group.partition(":")
        for form in (canonical, *forms.split()):
            table[form] = canonical
    return table


# Words that say what sort of street it is, where they stand first ("Avenida Brasil", "Rua da Praia").
LEADING_KINDS: Final = _spread(
    "avenida: av avda ave avd avnda aven avenue",
    "calle: c cl cll cle clle",
    "carrera: cra cr kra kr k crr cara carr",
    "pasaje: p pje psje psj pas pj pge pjse passagem pssje",
    "diagonal: dg diag dgl",
    "transversal: tv tr transv trans tranv tranversal",
    "circular: circ cir",
    "rua: r",
    "travessa: trav tvs",
    "alameda: al alam",
    "praca: pca pc pza plz plaza plazoleta plazuela largo lgo square",
    "rodovia: rod",
    "estrada: estr est",
    "beco: bc",
    "camino: cam cno cmno caminho",
    "ruta: rta route",
    "autopista: aut autop",
    "carretera: ctra carret",
    "bulevar: blvd bv bvar boulevard bulev blv boul",
    "paseo: ps pso passeio",
    "jiron: jr",
    "prolongacion: prol prolong",
    "calzada: calz czda",
    "cerrada: cda cerr",
    "privada: priv",
    "callejon: cjon callej",
    "circunvalacion: circv circunv",
    "autovia: autov",
    "costanera: cost",
    "sendero: send senda",
    "acesso: acceso",
    "via: vias",
    "viela:",
    "ladeira: lad",
    "servidao: serv",
    "street:",
)

# "Avenida Calle 26" is a calle, "Avenida Carrera 15" a carrera.
DOUBLE_KINDS: Final = {"ac": "calle", "ak": "carrera"}

# The same, where they stand last ("Main St").
TRAILING_KINDS: Final = _spread(
    "street: st str",
    "avenida: ave av avenue",
    "road: rd",
    "drive: dr drv",
    "lane: ln",
    "bulevar: blvd boulevard",
    "court: ct",
    "place: pl",
    "terrace: ter terr",
    "circle: cir",
    "way:",
    "highway: hwy",
    "parkway: pkwy",
    "square: sq",
    "crescent: cres",
    "close:",
    "trail: trl",
    "alley: aly",
)

# Kinds that people leave out or take for one another.
GENERIC_KINDS: Final = frozenset({"", "calle", "rua", "street"})
# Kinds that tell streets of a numbered grid apart: Calle 15 is not Carrera 15.
GRID_KINDS: Final = frozenset({"calle", "carrera", "diagonal", "transversal", "circular"})
EASTWEST_GRID: Final = frozenset({"calle", "diagonal"})  # crossed by carreras and transversals, and the reverse

# Ranks, titles and common first names, anywhere in a name.
WORDS: Final = _spread(
    "general: gral gnral gal genl",
    "coronel: cnel crnl cel cnl",
    "capitan: cap capt capitao",
    "teniente: tte tnte ten tenente",
    "sargento: sgto sgt sarg sargto",
    "comandante: cdte cmdte cmte comte",
    "almirante: alm almte",
    "contraalmirante: calm",
    "brigadeiro: brig brigadier",
    "mariscal: mcal marechal mal",
    "major: maj mayor myr",
    "cabo:",
    "soldado: sold sdo",
    "monsenor: mons monsenhor",
    "arzobispo: arz arzob arcebispo",
    "obispo: obpo bispo",
    "cardenal: card cardeal",
    "presidente: pdte pres presid pdt",
    "doctor: dr doutor",
    "doctora: dra doutora",
    "profesor: prof professor",
    "profesora: profa professora",
    "ingeniero: ing engenheiro eng",
    "arquitecto: arq arquiteto arqto",
    "licenciado: lic licdo",
    "senador: sen",
    "diputado: deputado diput",
    "vereador: ver",
    "gobernador: gob gov governador",
    "intendente: intend",
    "desembargador: des desemb",
    "conselheiro: cons consejero",
    "comendador: comend",
    "visconde: visc",
    "embajador: emb embaixador",
    "ministro: min",
    "alcalde: alc",
    "regidor: reg",
    "santa: sta",
    "santo: sto",
    "san: sn",
    "sao:",
    "padre: pdre pe pbro presbitero",
    "fray: fr frei",
    "hermano: hno",
    "hermanos: hnos hmnos",
    "hermana: hna",
    "nuestra: ntra nossa nsa",
    "senora: sra snra senhora",
    "senor: sr senhor",
    "don: dom",
    "dona:",
    "francisco: fco fsco fcisco",
    "maria: mria",
    "guillermo: gmo",
    "bernardo: bdo bernrdo",
    "santiago: stgo",
    "libertador: lib libert",
    "libertadores: lbdores",
    "independencia: indep",
    "republica: rep",
    "internacional: internac intl",
    "universidad: univ",
    "oriente: ote orte",
    "poniente: pnte poniete",
    "norte: nte nrte",
    "noreste:",
    "puerto: pto",
    "poblacion: pobl",
    "avenida: av avda",
    "pasaje: pje psje",
)

NUMBER_WORDS: Final = _spread(
    "1: uno um primera primero primer primeira primeiro first",
    "2: segunda segundo second dois ii",
    "3: tres tercera tercero tercer terceira terceiro third iii",
    "4: cuatro quatro cuarta cuarto quarta quarto fourth iv",
    "5: cinco quinta quinto fifth",
    "6: seis sexta sexto sixth",
    "7: siete sete septima septimo setima setimo seventh vii",
    "8: ocho oito octava octavo oitava oitavo eighth viii",
    "9: nueve nove novena noveno nona nono ninth ix",
    "10: diez dez decima decimo tenth",
    "11: once onze xi",
    "12: doce doze xii",
    "13: trece treze xiii",
    "14: catorce quatorze xiv",
    "15: quince quinze xv",
    "16: dieciseis dezesseis xvi",
    "17: diecisiete dezessete xvii",
    "18: dieciocho dezoito xviii",
    "19: diecinueve dezenove xix",
    "20: veinte vinte xx",
    "21: veintiuno veintiun xxi",
    "22: veintidos xxii",
    "23: veintitres xxiii",
    "24: veinticuatro xxiv",
    "25: veinticinco xxv",
    "26: veintiseis",
    "27: veintisiete",
    "28: veintiocho",
    "29: veintinueve",
    "30: treinta trinta",
)

# Little words that people drop or add; they weigh little when names are compared.
LITTLE_WORDS: Final = _words(
    "de del la las el los lo y e a o da do das dos en em na no the of and don dona general doctor"
)

# A part of the building, with the part's own number or letter after it.
UNIT_WORDS: Final = _words(
    "depto dpto dto dpt departamento depart dep apto apt ap apartamento apartment apart unit unidad unidade suite "
    "ste oficina of ofic ofi casa cs torre tor block bloque bloco bl blk blq piso andar interior int local loc "
    "loja lj sala sl lote lt quadra qd manzana mz mza conjunto conj edificio edif ed edf fundos fdos bodega bod "
    "galpon estacionamiento habitacion hab room rm floor fl puerta pta portal escalera parcela parc pcl sitio km"
)
# Plots and kilometres: a part of the building after a house number, the number itself where there is no other.
PLOT_WORDS: Final = _spread("parcela: parc pcl", "sitio:", "lote: lt", "km: kilometro kilometre quilometro")
# A neighbourhood and the like: what follows, up to the next comma, is no street.
AREA_WORDS: Final = _words(
    "villa pobl poblacion pob condominio cond condo bairro barrio urbanizacion urb sector comuna ciudad cidade "
    "residencial loteo loteamento jardim vila colonia col fraccionamiento fracc referencia ref frente"
)
NUMBER_MARKS: Final = frozenset({"#", "n", "nro", "no", "num", "numero", "nr", "number"})
NUMBERLESS: Final = frozenset({"sn", "s/n"})
CORNER_MARKS: Final = frozenset({"esquina", "esq", "corner", "/", "&", "x", "con", "com", "and", "y", "e", "c/"})
SURE_CORNER_MARKS: Final = frozenset({"esquina", "esq", "corner", "/", "&"})
COMPASS: Final = _spread("norte: n north", "sur: s south sul", "este: leste east", "oeste: w o west")
